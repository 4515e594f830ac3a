"""Readers' own projects under Gunicorn and Nginx: whatever they print, set, or call their folders."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import requests

from jwtlab.site import DEMO_SITE, SiteError, start_site
from jwtlab.site import site as site_module

pytestmark = pytest.mark.usefixtures("needs_nginx")

ROOT = Path(__file__).resolve().parents[1]
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SHOP = """
from pathlib import Path
from django.http import HttpResponse
from django.urls import path

SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = "x" * 50, False, ["*"], "shop"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL, STATIC_ROOT = "static/", Path(__file__).parent / "collected"
urlpatterns = [path("", lambda request: HttpResponse("hello"))]
"""


def make_shop(folder: Path, *, manage: str = MANAGE, settings: str = "", gunicorn: str | None = None) -> Path:
    """Write a project into `folder`, with these settings besides its own, and return it."""
    (folder / "collected").mkdir(parents=True)
    (folder / "collected" / "a.css").write_text("a {}")
    (folder / "manage.py").write_text(manage)
    (folder / "shop.py").write_text(SHOP + settings)
    if gunicorn is not None:
        (folder / "gunicorn.conf.py").write_text(gunicorn)
    return folder


# What servers other than `runserver` must know of a project


@pytest.mark.parametrize(
    ("manage", "settings"),
    [
        ("print('[1, 2]')\n" + MANAGE + "\nprint('never')", "print('{')"),
        ("import sys\nprint('oh', file=sys.stderr)\n" + MANAGE, ""),
        (MANAGE, "import atexit\natexit.register(lambda: print('[bye]'))"),
        (MANAGE, "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe\\x00')"),
        (MANAGE, "import os\nos.close(1)"),
        ("import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop'\nimport django\ndjango.setup()", ""),
        (
            "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop'\n"
            "from django.core.management import ManagementUtility as Utility\nUtility().execute()",
            "",
        ),
        (MANAGE + "\nraise SystemExit(1)", ""),
        (MANAGE, "STATIC_ROOT = 'collected'"),
    ],
    ids=["import", "stderr", "exit", "bytes", "closed", "setup", "utility", "status", "relative"],
)
def test_what_a_project_prints_and_how_it_begins_does_not_matter(
    manage: str, settings: str, tmp_path: Path
) -> None:
    project = make_shop(tmp_path / "shop", manage=manage, settings=settings)
    with start_site(project=project, server="nginx", workers=1) as site:
        assert requests.get(site.url).text == "hello"
        assert requests.get(site.url + "/static/a.css").text == "a {}"


def test_a_project_without_a_settings_module_is_told_what_serves_it(tmp_path: Path) -> None:
    manage = (
        "import sys\nfrom django.conf import settings\nsettings.configure()\n"
        "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)"
    )
    project = make_shop(tmp_path / "shop", manage=manage)
    with pytest.raises(SiteError, match=r'has no settings module.*Start it with server="runserver"'):
        start_site(project=project, server="gunicorn")


def test_a_manage_py_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_module, "START_TIMEOUT", 1)
    project = make_shop(tmp_path / "shop", manage="import time\ntime.sleep(600)")
    with pytest.raises(SiteError, match=r"^The `manage\.py` of the project shop has not ended in 1 seconds"):
        start_site(project=project, server="gunicorn")


# A project's own gunicorn.conf.py

LISTENING = """
bind, workers, threads, reuse_port, umask = ["127.0.0.1:8000", "unix:/nowhere/x.sock"], "many", 7, True, 0o777
certfile = keyfile = "/nowhere/x.pem"
user, group, initgroups = "nobody-we-know", "nobody-we-know", True
proxy_protocol, protocol = True, "uwsgi"
"""
PROCESS = """
daemon = check_config = print_config = spew = True
pidfile, worker_tmp_dir, paste = "/nowhere/x.pid", "/nowhere", "/nowhere/x.ini"
control_socket, control_socket_disable = "/nowhere/x.ctl", False
"""
LOGS = """
import logging
logging.disable(logging.INFO)
errorlog, accesslog, loglevel, capture_output = "error.log", "access.log", "critical", True
logger_class, logconfig, logconfig_json = "nowhere.Logger", "nowhere.ini", "nowhere.json"
logconfig_dict, syslog, syslog_addr, statsd_host = {"version": 7}, True, "unix:///nowhere", "nowhere:8125"
access_log_format = "%(h)s"
"""
HOOKS = """
import os, sys
print("read")
sys.stdout.buffer.write(b"\\xff\\xfe\\n")
raw_env = ["SHOP=open"]
preload_app, worker_class, max_requests, default_proc_name = True, "gthread", 1000, "shop"
def on_starting(server): print("on_starting")
def when_ready(server): print("when_ready")
def post_worker_init(worker): print("post_worker_init", os.environ["SHOP"], flush=True)
"""


@pytest.mark.parametrize(
    ("conf", "server"),
    [
        (LISTENING, "gunicorn"),
        (PROCESS, "gunicorn"),
        (LOGS, "gunicorn"),
        (HOOKS, "gunicorn"),
        (LISTENING + PROCESS + LOGS + HOOKS, "nginx"),
    ],
    ids=["listening", "process", "logs", "hooks", "all, behind nginx"],
)
def test_a_projects_gunicorn_settings_do_not_keep_its_site_from_starting(
    conf: str, server: str, tmp_path: Path
) -> None:
    project = make_shop(tmp_path / "shop", gunicorn=conf)
    before = set(project.iterdir())
    with start_site(project=project, server=server, workers=1) as site:
        assert requests.get(site.url).text == "hello"
        assert [line.split('"')[1] for line in site.log.lines] == ["GET / HTTP/1.1"]
        if HOOKS in conf:
            hooks = ["read", "on_starting", "when_ready", "post_worker_init open"]
            assert [line for line in site.log.text.splitlines() if line in hooks] == hooks
    assert set(project.iterdir()) - before <= {project / "__pycache__"}


@pytest.mark.parametrize(
    ("conf", "why"),
    [
        ("timeout = 'long'", r"gunicorn\.conf\.py: Gunicorn does not take this timeout: .*'long'"),
        ("keepalive = None", r"gunicorn\.conf\.py: Gunicorn does not take this keepalive: "),
        ("chdir = '/nowhere'", r"gunicorn\.conf\.py: Gunicorn does not take this chdir: .*/nowhere"),
        (
            "worker_class = 'asgi'",
            r"this worker_class serves ASGI; name your ASGI application there, as wsgi_app",
        ),
        ("worker_class = 'no.Worker'", r"does not take this worker_class: .*No module named 'no'"),
        ("def post_fork(): pass", r"does not take this post_fork: .*arity"),
        ("raw_env = ['novalue']", r"environment setting 'novalue' invalid"),
        ("wsgi_app = 'shop:nothing'", r"Failed to find attribute 'nothing' in 'shop'"),
        ("import nowhere", r"No module named 'nowhere' \(gunicorn\.conf\.py, line 1\)"),
        ("def when_ready(server): raise ValueError('no')", r"ValueError: no \(gunicorn\.conf\.py, line 1\)"),
        ("raise SystemExit", r"gunicorn\.conf\.py ends the program: SystemExit\(None\)"),
    ],
)
def test_a_gunicorn_setting_that_stands_in_the_way_is_named_at_once(
    conf: str, why: str, tmp_path: Path
) -> None:
    project = make_shop(tmp_path / "shop", gunicorn=conf)
    with pytest.raises(
        SiteError, match=rf"^The project shop did not start: .*{why}.* Correct that"
    ) as caught:
        start_site(project=project, server="gunicorn", workers=1)
    assert "\n" not in str(caught.value)


def test_the_settings_that_count_are_read_again_at_a_reload(tmp_path: Path) -> None:
    hook = "import sys\ndef post_worker_init(worker): print('{}', flush=True)"
    project = make_shop(tmp_path / "shop", gunicorn=hook.format("before"))
    with start_site(project=project, server="gunicorn", workers=1) as site:
        (project / "gunicorn.conf.py").write_text(hook.format("after"))
        site.reload()
        assert "after" in site.log.text


def test_a_file_of_the_project_called_gunicorn_is_not_taken_for_gunicorn(tmp_path: Path) -> None:
    project = make_shop(tmp_path / "shop")
    (project / "gunicorn.py").write_text("bind = '127.0.0.1:8000'")
    with start_site(project=project, server="gunicorn", workers=1) as site:
        assert requests.get(site.url).text == "hello"


@pytest.mark.parametrize(("is_writable", "folder"), [(True, "/dev/shm"), (False, None)])
def test_signs_of_life_go_to_memory_only_where_that_can_be_written(
    is_writable: bool, folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: is_writable)
    settings: dict[str, object] = {}
    exec((DEMO_SITE / "serving" / "gunicorn.conf.py").read_text(), settings)
    assert settings["worker_tmp_dir"] == folder


# Names of folders

ODD_NAMES = [
    "a b",
    "$uri",
    "${x}",
    'a"b',
    "a'b",
    "a\\tb",
    "[x]",
    "{}",
    "a;b",
    "#a",
    "é日",
    "%41%",
    "-a",
    "a\nb",
]
ALL_AT_ONCE = "a b$uri${x}\"c'd\\te[x]{};#é日%41%?+,&`id`"


@pytest.mark.parametrize("name", [*ODD_NAMES, ALL_AT_ONCE])
def test_a_project_and_a_temporary_folder_may_have_odd_names(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = Path(tempfile.mkdtemp(prefix="n"))  # short: a socket's path may have some 100 characters
    folder = top / name
    project = make_shop(folder / "shop" / name)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    try:
        with start_site(project=project, server="nginx", tls=name == ALL_AT_ONCE, workers=1) as site:
            assert site.folder.parent == folder
            assert requests.get(site.url, verify=site.ca).text == "hello"
            assert requests.get(site.url + "/static/a.css", verify=site.ca).text == "a {}"
            assert len(site.log.lines) == 2
        assert list(folder.iterdir()) == [folder / "shop"]
    finally:
        shutil.rmtree(top)


def test_a_temporary_folder_too_deep_for_a_socket_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 50)
    project = make_shop(tmp_path / ("long" * 60))
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with start_site(project=project, server="gunicorn", workers=1) as site:
        assert requests.get(site.url).text == "hello"
    with pytest.raises(SiteError, match="set TMPDIR=/tmp and start again"):
        start_site(project=project, server="nginx")
    assert not list(folder.iterdir())


def test_a_copy_of_the_course_and_its_temporary_folder_may_have_odd_names(tmp_path: Path) -> None:
    course = tmp_path / (ALL_AT_ONCE + "long" * 50)
    for folder in ("jwtlab", "demo_site"):
        ignored = shutil.ignore_patterns("__pycache__", "var")
        shutil.copytree(ROOT / folder, course / folder, ignore=ignored)
    (ROOT / ".cache").mkdir(exist_ok=True)
    (course / ".cache").symlink_to(ROOT / ".cache")  # with databases that are made already
    places = "import django.conf as c; print(c.settings.DATABASES['default']['NAME']); " + (
        "print(c.settings.CACHES['default']['LOCATION'])"
    )
    code = f"""
import requests
from jwtlab.site import start_site

with start_site("production", server="nginx", tls=True, workers=1) as site:
    page = requests.get(site.url + "/admin/login/", verify=site.ca).text
    style = next(part for part in page.split('"') if part.startswith("/static/admin/css/base."))
    print(requests.get(site.url + style, verify=site.ca).status_code)
    places = [str(site.folder / name) for name in ("db.sqlite3", "cache")]
    print(site.manage("shell", "--no-imports", "-c", {places!r}).splitlines() == places)
"""
    with tempfile.TemporaryDirectory(prefix="n") as short:
        temporary = Path(short, ALL_AT_ONCE)
        temporary.mkdir()
        env = os.environ | {"TMPDIR": str(temporary)}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=course, env=env, capture_output=True, text=True
        )
        assert (done.stdout, done.stderr) == ("200\nTrue\n", "")
        assert not list(temporary.iterdir())
