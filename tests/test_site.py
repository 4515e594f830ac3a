"""Sites start, answer for themselves, live on their clock, and end with whoever asked for them."""

import gc
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import requests
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from jwtlab.site import Site, SiteError, servers, start_site, world
from jwtlab.site import served_project as project_module
from jwtlab.site import site as site_module
from jwtlab.site.log import ServerLog, reason
from jwtlab.site.processes import environment
from jwtlab.site.world import ClockError, LabClock, write_clock
from tests.helpers.processes import is_alive, until

ROOT = Path(__file__).resolve().parents[1]

# A Django project in one file.
MANAGE = """
import sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

settings.configure(DEBUG=True, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="__main__", INSTALLED_APPS=["tiny"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
urlpatterns = [path("", lambda request: HttpResponse("hello"))]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
COMMAND = """
from django.core.management.base import BaseCommand, CommandError
class Command(BaseCommand):
    def handle(self, *args, **options):
        self.stdout.write("about to fail")
        raise CommandError("told to fail.")
"""

# As much of a project as it takes to be started, for tests to which Django would add nothing but time.
STAND_IN = """
import os, socket, sys
from pathlib import Path

world = Path(os.environ.get("LAB_WORLD", "."))
nonce = world / "nonce"
status = "200 OK"
if sys.argv[1] == "migrate":
    (world / "db.sqlite3").touch()
elif sys.argv[1] == "seed_demo":
    open("seeded", "a").write("once ")
else:
    server = socket.create_server(("127.0.0.1", 0))
    print(f"Starting development server at http://127.0.0.1:{server.getsockname()[1]}/")
    while True:
        with server.accept()[0] as client:
            client.recv(65536)
            if status.startswith("5"):
                print("Traceback (most recent call last):\\n  File x\\nValueError: as asked")
            signed = nonce.read_text() if nonce.exists() else ""
            head = f"HTTP/1.1 {status}\\r\\nX-Lab-Site: {signed}\\r\\nContent-Length: 5\\r\\n\\r\\n"
            client.sendall(head.encode() + b"hello")
"""


def make_project(folder: Path, manage: str = STAND_IN) -> Path:
    """Write a project into `folder` and return it."""
    folder.mkdir()
    (folder / "manage.py").write_text(manage)
    return folder


class Traces:
    """What a running site leaves on the machine: its watchdog and servers, its folder and its port."""

    def __init__(self, site: Site | SimpleNamespace) -> None:
        self.folder, self.port = site.folder, site.port
        self.watchdog = watchdog_of(site.folder)
        self.servers = self.watchdog.children(recursive=True)
        assert self.servers
        assert not self.are_gone()

    def are_gone(self) -> bool:
        alive = any(is_alive(process) for process in [self.watchdog, *self.servers])
        return not alive and not self.folder.exists() and not is_listening(self.port)


def watchdog_of(folder: Path) -> psutil.Process:
    """Return the one watchdog of the site in this folder."""
    running = psutil.process_iter(["cmdline"])
    [watchdog] = [process for process in running if {"-S", str(folder)} <= set(process.info["cmdline"] or [])]
    return watchdog


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_in(site: Site) -> dict[str, str]:
    answer = requests.post(site.url + "/api/token/", json={"username": "vitor", "password": "123"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def hello(site: Site, access: str) -> int:
    return requests.get(site.url + "/hello/", headers={"Authorization": f"Bearer {access}"}).status_code


@pytest.fixture(scope="module")
def demo() -> Iterator[Site]:
    """The demo site itself. Tests put its clock back where it was."""
    with start_site() as site:
        yield site


@pytest.fixture(scope="module")
def first_login(demo: Site) -> dict[str, str]:
    """The tokens of the first login that the demo site has seen."""
    return log_in(demo)


@pytest.fixture(scope="module")
def django_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("django") / "shop", MANAGE)
    commands = folder / "tiny" / "management" / "commands"
    commands.mkdir(parents=True)
    (commands / "fail.py").write_text(COMMAND)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("project") / "stand-in")


@pytest.fixture
def site(project: Path) -> Iterator[Site]:
    with start_site(project=project) as site:
        yield site


@pytest.fixture
def stand_in_demo(temporary_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a stand-in in the place of the demo site, with a cache of its own."""

    def replace(manage: str = STAND_IN) -> Path:
        folder = make_project(temporary_folder / "stand-in", manage)
        monkeypatch.setattr(world, "DEMO_SITE", folder)
        monkeypatch.setattr(project_module, "DEMO_SITE", folder)
        monkeypatch.setattr(world, "CACHE", temporary_folder / "cache")
        return folder

    return replace


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own, so that everything left in it was left by this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


# The demo site


def test_says_what_it_is_and_signs_its_responses(demo: Site) -> None:
    assert repr(demo) == (
        f"demo site · seed face · runserver · {demo.url} · lab clock 2026-01-05 09:00:00 UTC"
    )
    assert requests.get(demo.url + "/hello/").headers["X-Lab-Site"] == demo.nonce
    assert demo.folder.stat().st_mode & 0o777 == 0o700


def test_access_token_expires_when_the_clock_moves(demo: Site, first_login: dict[str, str]) -> None:
    access = first_login["access"]
    assert hello(demo, access) == 200
    assert repr(demo.clock.advance(minutes=6)) == "lab clock 2026-01-05 09:06:00 UTC"
    assert hello(demo, access) == 401
    demo.clock.advance(minutes=-6)
    assert hello(demo, access) == 200


def test_another_site_gives_the_same_tokens_byte_for_byte(demo: Site, first_login: dict[str, str]) -> None:
    with start_site() as other:
        assert other.nonce != demo.nonce
        assert log_in(other) == first_login


def test_log_shows_the_readers_requests_and_nothing_that_varies(demo: Site) -> None:
    before = demo.log.lines
    requests.get(demo.url + "/hello/")
    with requests.Session() as session:  # a connection that stays open after its answer
        session.get(demo.url + "/hello/?again=1")
        assert demo.log.lines[len(before) :] == [
            '"GET /hello/ HTTP/1.1" 401 58',
            '"GET /hello/?again=1 HTTP/1.1" 401 58',
        ]
    assert repr(demo.log).endswith('"GET /hello/?again=1 HTTP/1.1" 401 58')
    assert "development server at" in demo.log.path.read_text()


def test_manage_runs_in_the_sites_world(demo: Site) -> None:
    code = "import datetime, django.conf as c; print(c.settings.FACE, datetime.datetime.now())"
    assert repr(demo.manage("shell", "--no-imports", "-c", code)) == "seed 2026-01-05 09:00:00"


# Many sites on one machine


def test_ten_at_once_share_one_template_and_do_not_meet(
    stand_in_demo: Callable[[], Path], temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stand_in_demo()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # where nobody listens
    with ThreadPoolExecutor(10) as pool:
        sites = list(pool.map(lambda _: start_site(clock=False), range(10)))
    monkeypatch.delenv("http_proxy")
    try:
        assert (folder / "seeded").read_text() == "once "
        assert len({site.port for site in sites}) == len({site.folder for site in sites}) == 10
        answered_by = [requests.get(site.url).headers["X-Lab-Site"] for site in sites]
        assert answered_by == [site.nonce for site in sites]
        assert repr(sites[0]) == f"demo site · seed face · runserver · {sites[0].url} · real time"
        with pytest.raises(SiteError, match=r"real time.* Start it with clock=True"):
            sites[0].clock.advance(minutes=6)
    finally:
        for site in sites:
            site.stop()
    assert not list(temporary_folder.glob("jwtlab-site-*"))


def test_a_site_that_answers_with_another_nonce_is_refused(
    stand_in_demo: Callable[[str], Path], temporary_folder: Path
) -> None:
    stand_in_demo(STAND_IN.replace("nonce.read_text()", "'5eed'"))
    with pytest.raises(
        SiteError, match=r"Another site answers on port \d+\. Start again, and get another port"
    ):
        start_site()
    assert not list(temporary_folder.glob("jwtlab-site-*"))


def test_template_goes_to_the_temporary_folder_where_the_repository_cannot_be_written(
    temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary_folder / "file").touch()
    monkeypatch.setattr(world, "CACHE", temporary_folder / "file" / "cache")
    folder = world._cache_folder()
    assert folder == temporary_folder / f"jwtlab-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_template_is_made_anew_when_a_source_changes(stand_in_demo: Callable[[], Path]) -> None:
    folder = stand_in_demo()
    before = world._fingerprint("config.settings.seed")
    assert world._fingerprint("config.settings.seed") == before
    assert world._fingerprint("config.settings.hardened") != before
    (folder / "models.py").touch()
    assert world._fingerprint("config.settings.seed") != before


# The end of a site


def test_stop_leaves_nothing_but_the_log(django_project: Path) -> None:
    site = start_site(project=django_project)
    assert repr(site) == f"project shop · runserver · {site.url} · real time"
    requests.get(site.url)
    with pytest.raises(SiteError, match=r"^`manage\.py fail` failed: CommandError: told to fail\.$"):
        site.manage("fail")
    seen = Traces(site)
    site.stop()
    site.stop()
    assert seen.are_gone()
    assert repr(site) == "project shop · runserver · not running"
    assert repr(site.log) == '"GET / HTTP/1.1" 200 5'
    for use in (lambda: site.url, site.manage):
        with pytest.raises(SiteError, match=r"was stopped\. Start another: site = start_site\(\)"):
            use()
    with pytest.raises(SiteError, match=r"real time.* belongs to the demo site"):
        site.clock  # noqa: B018


def test_last_reference_ends_the_site(project: Path) -> None:
    site = start_site(project=project)
    seen = Traces(site)
    del site
    gc.collect()
    assert seen.are_gone()


def test_a_server_that_was_killed_is_reported(site: Site) -> None:
    Traces(site).servers[0].kill()
    until(lambda: not site.is_running, "the watchdog reports the end of the server")
    with pytest.raises(SiteError, match=r"its server was killed by SIGKILL\. Start another"):
        site.url  # noqa: B018
    assert site.log.path.exists()


def test_a_server_that_ends_while_it_is_asked_for_its_pids_is_reported(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Traces(site)

    def gone_by_now(pid: int) -> psutil.Process:
        seen.watchdog.kill()
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(servers, "psutil", SimpleNamespace(Process=gone_by_now, Error=psutil.Error))
    with pytest.raises(SiteError, match="Start another"):
        until(lambda: not site.pids, "the pipe from the watchdog ends")


def test_a_watchdog_that_was_killed_takes_the_site_along(site: Site) -> None:
    seen = Traces(site)
    seen.watchdog.kill()
    until(lambda: not site.is_running, "the pipe from the watchdog ends")
    with pytest.raises(SiteError, match="has lost its watchdog"):
        site.url  # noqa: B018
    site.stop()
    until(seen.are_gone, "server and folder go")


def test_a_watchdog_that_is_told_to_end_cleans_up(site: Site) -> None:
    seen = Traces(site)
    seen.watchdog.terminate()
    until(seen.are_gone, "watchdog, server and folder go while this process lives")


def test_a_forked_child_neither_ends_the_site_nor_keeps_it_alive(project: Path) -> None:
    code = f"""
import json, os, signal
from jwtlab.site import start_site
site = start_site(project={str(project)!r})
if not os.fork():
    site.stop()
    os.write(1, (json.dumps([os.getpid(), str(site.folder), site.port]) + chr(10)).encode())
signal.pause()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child, folder, port = json.loads(parent.stdout.readline())
        try:
            seen = Traces(SimpleNamespace(folder=Path(folder), port=port))
            parent.kill()
            until(seen.are_gone, "the site ends with the parent")
            assert is_alive(psutil.Process(child))
        finally:
            parent.kill()
            os.kill(child, signal.SIGKILL)


def test_a_start_that_is_interrupted_or_killed_at_any_line_leaves_nothing(
    project: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.helpers.every_line", "site", str(project), str(tmp_path), "9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(ends) > 40
    assert [end for end in ends if end[-1]] == []


class Notebook:
    """A real kernel, which starts sites by `call` on demand and says where they are."""

    def __init__(self, call: str, note: Path) -> None:
        self.manager = KernelManager()
        self.manager.start_kernel(cwd=str(ROOT))
        self.call, self.note = call, note
        self.connect()

    def connect(self) -> None:
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run("import json; from pathlib import Path; from jwtlab.site import start_site")

    def run(self, code: str) -> None:
        reply = self.client.execute(code, reply=True, timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]

    def kill_the_kernel(self) -> None:
        assert isinstance(self.manager.provisioner, LocalProvisioner)
        psutil.Process(self.manager.provisioner.pid).kill()

    def interrupt_a_cell(self, sign: Path) -> None:
        """Run a cell that does not end, and interrupt it once the file `sign` says that it runs."""
        # stop_on_error: for a moment after it, a kernel would refuse the cells that come next.
        request = self.client.execute(f"Path({str(sign)!r}).touch()\nwhile True: pass", stop_on_error=False)
        until(sign.exists, "the cell runs")
        self.manager.interrupt_kernel()
        until(
            lambda: self.client.get_shell_msg(timeout=60)["parent_header"]["msg_id"] == request,
            "the cell ends",
        )

    def start_site(self) -> Traces:
        self.run(
            f"site = {self.call}\n"
            f"_size = Path({str(self.note)!r}).write_text(json.dumps([str(site.folder), site.port]))\n"
            "site"
        )
        folder, port = json.loads(self.note.read_text())
        return Traces(SimpleNamespace(folder=Path(folder), port=port))


def test_sites_outlive_an_interrupt_and_end_with_their_kernel(project: Path, tmp_path: Path) -> None:
    notebook = Notebook(f"start_site(project={str(project)!r})", tmp_path / "note")
    manager = notebook.manager
    try:
        first = notebook.start_site()
        seen = notebook.start_site()  # the same cell again: Out[...] still holds the first
        until(first.are_gone, "the site of the cell's earlier run gives way")

        notebook.interrupt_a_cell(tmp_path / "busy")
        assert requests.get(f"http://127.0.0.1:{seen.port}/").text == "hello"

        manager.restart_kernel(now=True)
        until(seen.are_gone, "the site ends with a restart")

        notebook.connect()
        seen = notebook.start_site()
        notebook.kill_the_kernel()
        until(seen.are_gone, "the site ends with a kernel that is killed")

        manager.restart_kernel(now=True)
        notebook.connect()
        seen = notebook.start_site()
        manager.shutdown_kernel()
        until(seen.are_gone, "the site ends with a clean shutdown")
    finally:
        notebook.client.stop_channels()
        manager.shutdown_kernel(now=True)


# One site takes the place of another


@pytest.fixture
def in_cell(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Tell from which cell of a notebook the next sites are started."""

    def run(number: int) -> None:
        shell = SimpleNamespace(execution_count=number)
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))

    return run


def test_a_site_gives_way_to_one_of_its_kind_from_a_later_cell_and_says_so(
    project: Path, django_project: Path, in_cell: Callable[[int], None]
) -> None:
    in_cell(7)
    first, beside_it = start_site(project=project), start_site(project=project)
    other_kind = start_site(project=django_project)
    seen = Traces(first)
    in_cell(12)
    with start_site(project=project) as last, beside_it, other_kind:
        assert seen.are_gone()
        for use in (lambda: first.url, lambda: first.pids, first.manage):
            with pytest.raises(
                SiteError, match=r"^This site gave way to .* cell \[12\] has started\. Start "
            ):
                use()
        assert repr(first).endswith(
            " · not running, for it gave way to one of its kind, which cell [12] has started"
        )
        running = [site.is_running for site in (first, beside_it, other_kind, last)]
        assert running == [False, False, True, True]


def test_with_replace_false_no_site_gives_way(project: Path, in_cell: Callable[[int], None]) -> None:
    in_cell(1)
    with start_site(project=project) as first:
        in_cell(2)
        with start_site(project=project, replace=False) as second:
            assert first.is_running
            in_cell(3)
            with start_site(project=project):
                assert (first.is_running, second.is_running) == (False, True)


# Sites that do not start


IMPROPER = (
    "from django.core.exceptions import ImproperlyConfigured\nraise ImproperlyConfigured('Set SECRET_KEY.')"
)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (IMPROPER, "django.core.exceptions.ImproperlyConfigured: Set SECRET_KEY (settings.py, line 2)"),
        ("DEBUG = True\nALLOWED_HOSTS = = []\n", "SyntaxError: invalid syntax (settings.py, line 2)"),
        ("import sys\nprint('No more memory.')\nsys.exit(3)", "No more memory"),
    ],
    ids=["ImproperlyConfigured", "SyntaxError", "exit"],
)
def test_a_project_that_does_not_start_says_why_in_one_message(
    settings: str, why: str, temporary_folder: Path
) -> None:
    broken = make_project(temporary_folder / "shop", "import settings")
    (broken / "settings.py").write_text(settings)
    with pytest.raises(SiteError) as caught:
        start_site(project=broken)
    assert str(caught.value) == f"The project shop did not start: {why}. Correct that and start it again."
    assert caught.value._render_traceback_() == [f"SiteError: {caught.value}"]
    assert not list(temporary_folder.glob("jwtlab-site-*"))


def test_a_demo_site_that_fails_at_its_first_request_says_why(stand_in_demo: Callable[[str], Path]) -> None:
    stand_in_demo(STAND_IN.replace("200 OK", "500 Internal Server Error"))
    with pytest.raises(
        SiteError, match=r"^The demo site answers its first request with 500: ValueError: as asked\. `make"
    ):
        start_site()


def test_a_demo_site_whose_database_cannot_be_made_says_why(stand_in_demo: Callable[[str], Path]) -> None:
    stand_in_demo("raise ValueError('No such table.')")
    with pytest.raises(SiteError) as caught:
        start_site()
    assert str(caught.value) == (
        "The demo site's database cannot be made: "
        f"`manage.py migrate` failed: ValueError: No such table. {world.REPAIR}"
    )


def test_a_server_that_never_listens_is_given_up(
    temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_module, "START_TIMEOUT", 0)
    stuck = make_project(temporary_folder / "stuck", "import signal; signal.pause()")
    with pytest.raises(
        SiteError, match=r"^The project stuck has named no port in 0 seconds: it printed nothing"
    ):
        start_site(project=stuck)
    assert not list(temporary_folder.glob("jwtlab-site-*"))


def test_a_start_waits_as_long_as_it_says_and_no_longer(
    temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count()  # each look at the clock takes one
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))
    stuck = make_project(temporary_folder / "stuck", "import signal; signal.pause()")
    with pytest.raises(SiteError, match=rf"has named no port in {site_module.START_TIMEOUT} seconds"):
        start_site(project=stuck)
    # Until it gave up, it looked as often; the rest is the end of the watchdog, and the reading of the log.
    assert next(seconds) < 1.5 * site_module.START_TIMEOUT


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            lambda: start_site("hard"),
            "There is no face 'hard'. Choose one of: seed, rotating, hardened, production, attacker.",
        ),
        (
            lambda: start_site(server="apache"),
            "There is no server 'apache'. "
            "Choose one of: runserver, runserver --nothreading, gunicorn, nginx.",
        ),
        (
            lambda: start_site(project="nowhere"),
            "There is no manage.py in nowhere. Give start_site(project=...) the folder it is in.",
        ),
    ],
)
def test_wrong_arguments_are_told_what_there_is(start: Callable[[], Site], message: str) -> None:
    with pytest.raises(SiteError) as caught:
        start()
    assert str(caught.value) == message


def test_a_full_or_missing_temporary_folder_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(SiteError, match=r"did not start: .*No such file or directory.*`make doctor`"):
        start_site()


def test_windows_is_sent_to_wsl2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SiteError, match="WSL2"):
        start_site()


def test_a_start_that_is_interrupted_leaves_nothing(
    temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = make_project(temporary_folder / "stuck", "import signal\nopen('reached', 'w')\nsignal.pause()")
    seen: list[psutil.Process] = []
    main_thread = threading.get_ident()

    def interrupt_when_reached() -> None:
        until((stuck / "reached").exists, "the server process runs")
        watchdog = watchdog_of(next(temporary_folder.glob("jwtlab-site-*")))
        seen.extend([watchdog, *watchdog.children(recursive=True)])
        signal.pthread_kill(main_thread, signal.SIGINT)

    # pytest-xdist's workers ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt_when_reached)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            start_site(project=stuck)
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert len(seen) == 2
    assert not any(map(is_alive, seen))
    assert not list(temporary_folder.glob("jwtlab-site-*"))


# The parts


CHAINED = """\
Traceback (most recent call last):
  File "/elsewhere/x.py", line 1
a.A: 1

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/p/shop/manage.py", line 3, in <module>
    main()
b.B: 2
"""
SYSTEM_CHECK = """\
Performing system checks...

SystemCheckError: System check identified some issues:

ERRORS:
?: (urls.E001) Bad.
\tHINT: Make it good.

System check identified 1 issue (0 silenced).
"""


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        ("Error: That port is already in use.\n", "Error: That port is already in use"),
        (CHAINED, "b.B: 2"),
        (SYSTEM_CHECK, "SystemCheckError: ?: (urls.E001) Bad"),
        ("  \n", "it printed nothing"),
        ("No such app.\n[2026-01-05 09:00:00 +0000] [7] [ERROR] Reason: it failed.\n", "No such app"),
        ("[2026-01-05 09:00:00 +0000] [7] [ERROR] Can't connect to x.\n", "Can't connect to x"),
    ],
    ids=[
        "port",
        "chained exceptions",
        "system check",
        "silence",
        "before Gunicorn's log",
        "in Gunicorn's log",
    ],
)
def test_reason(printed: str, why: str) -> None:
    assert reason(printed, Path("/p/shop")) == why


def test_log_waits_for_the_line_of_every_counted_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, counter = tmp_path / "server.log", tmp_path / "requests"
    path.write_text('[05/Jan/2026 09:00:00] "GET / HTTP/1.1" 200 5\n"GET /static/a.css HTTP/1.1" 200 7\n')
    counter.write_bytes(b"..")
    late = 'Unauthorized: /hello/\n[05/Jan/2026 09:00:00] "GET /hello/ HTTP/1.1" 401 58\n'

    def sleep(seconds: float) -> None:
        path.write_text(path.read_text() + late)

    monkeypatch.setattr(time, "sleep", sleep)
    log = ServerLog(path, hidden=1, counter=counter)
    assert log.lines == ['"GET /static/a.css HTTP/1.1" 200 7', '"GET /hello/ HTTP/1.1" 401 58']


def test_an_empty_log_says_so(tmp_path: Path) -> None:
    assert repr(ServerLog(tmp_path / "none")) == "no requests yet"


@pytest.fixture
def clock(tmp_path: Path) -> LabClock:
    write_clock(tmp_path / "clock", datetime(2026, 1, 5, 9, tzinfo=UTC))
    return LabClock(tmp_path / "clock")


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ("09:06", datetime(2026, 1, 5, 9, 6, tzinfo=UTC)),
        ("2026-02-01 12:00:30", datetime(2026, 2, 1, 12, 0, 30, tzinfo=UTC)),
        (datetime(2026, 1, 6, 10), datetime(2026, 1, 6, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00+01:00", datetime(2026, 1, 5, 9, tzinfo=UTC)),
    ],
)
def test_clock_can_be_set(clock: LabClock, when: str | datetime, then: datetime) -> None:
    assert clock.set(when).now == then


@pytest.mark.parametrize(
    ("move", "answer"),
    [
        (lambda clock: clock.advance(), r"Name a unit: site\.clock\.advance\(minutes=6\)"),
        (lambda clock: clock.advance(6), r"Name a unit: site\.clock\.advance\(minutes=6\)"),
        (lambda clock: clock.advance(minute=6), r"advance\(minute=6\) is not a time .*Name a unit"),
        (lambda clock: clock.advance(days=10**7), r"advance\(days=10000000\) is not a time"),
        (lambda clock: clock.set("nine"), r"cannot be set to 'nine'\. .*site\.clock\.set\(\"09:06\"\)"),
        (lambda clock: clock.set(9), r"cannot be set to 9\. "),
    ],
)
def test_clock_says_what_to_write_instead(
    clock: LabClock, move: Callable[[LabClock], object], answer: str
) -> None:
    with pytest.raises(ClockError, match=answer):
        move(clock)
    assert repr(clock) == "lab clock 2026-01-05 09:00:00 UTC"


def test_kernel_settings_do_not_reach_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DJANGO_SETTINGS_MODULE", "FORCE_COLOR", "JPY_PARENT_PID", "LAB_WORLD"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("MY_OWN", "kept")
    env = environment(LAB_WORLD="/w")
    assert env["MY_OWN"] == "kept"
    assert env["LAB_WORLD"] == "/w"
    assert not {"DJANGO_SETTINGS_MODULE", "FORCE_COLOR", "JPY_PARENT_PID"} & env.keys()


def test_django_stays_out_of_the_kernel() -> None:
    code = "import sys, jwtlab.site; print([name for name in sys.modules if name.startswith('django')])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True) == "[]\n"
