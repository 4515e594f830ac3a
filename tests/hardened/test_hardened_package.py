"""The package's own tests, run the way a reader runs them in a project of their own."""


def test_the_package_passes_its_own_tests(project):
    done = project.manage("test", "hardened_auth")
    assert done.returncode == 0, done.stderr
    assert "Found 0 test(s)" not in done.stdout
