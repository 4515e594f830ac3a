"""The seed face answers this machine and binds nothing else."""

import pytest
from django.conf import settings
from django.contrib.staticfiles.management.commands.runserver import Command as DjangosCommand
from django.core.management import CommandError, call_command

from loopback.management.commands import runserver


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", ""])
def test_requests_from_this_machine_pass(client, peer):
    assert client.get("/", REMOTE_ADDR=peer).status_code == 200


@pytest.mark.parametrize(
    "peer", ["192.168.1.7", "0.0.0.0", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "box"]
)
def test_requests_from_elsewhere_are_403(client, peer):
    response = client.get("/", REMOTE_ADDR=peer)
    assert (response.status_code, response["Content-Type"]) == (403, "text/plain")
    assert "answers only the machine it runs on" in response.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]", "app.localhost"])
def test_loopback_names_are_hosts_of_this_site(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.7", "localhost.evil.example"])
def test_other_names_are_400(client, host):
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("address", ["0.0.0.0:0", "0:0", "[::]:0", "192.168.1.7:0", "example.org:0"])
def test_runserver_refuses_to_bind_another_address(address, monkeypatch):
    monkeypatch.setattr(DjangosCommand, "run", lambda self, **options: pytest.fail("it bound"))
    with pytest.raises(CommandError, match=r"^This site is deliberately weak .*: use 127\.0\.0\.1, not "):
        call_command("runserver", address, "--noreload")


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0", "localhost:0", "8000", None])
def test_runserver_binds_loopback(address, monkeypatch):
    monkeypatch.setattr(runserver, "_has_database", lambda: True)
    started = []
    monkeypatch.setattr(DjangosCommand, "run", lambda self, **options: started.append(self.addr))
    call_command("runserver", *filter(None, [address]), "--noreload")
    assert len(started) == 1
    assert started[0] in ("127.0.0.1", "::1", "localhost")


@pytest.mark.parametrize(("content", "has"), [(None, False), ("", False), ("SQLite format 3", True)])
def test_an_empty_file_is_no_database(monkeypatch, tmp_path, content, has):
    database = tmp_path / "db.sqlite3"
    if content is not None:
        database.write_text(content)
    monkeypatch.setattr(runserver, "_database_file", lambda: database)
    assert runserver._has_database() is has


def test_a_first_start_that_is_broken_off_leaves_no_half_database(monkeypatch, tmp_path):
    database = tmp_path / "db.sqlite3"

    def interrupted(name: str, **options: object) -> None:
        database.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr(runserver, "_database_file", lambda: database)
    monkeypatch.setattr(runserver, "call_command", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call_command("runserver", "127.0.0.1:0", "--noreload")
    assert not database.exists()


def test_the_face_is_on_its_own_here():
    assert settings.LAB_WORLD is None
    assert "lab_world" not in settings.INSTALLED_APPS
    assert not [name for name in settings.MIDDLEWARE if "lab_world" in name]
