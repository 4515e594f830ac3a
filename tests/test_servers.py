"""Sites under Gunicorn and behind Nginx: the same site, its servers as shipped, and nothing left of them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from bench.ways import START, recording_python, walked
from jwtlab.site import DEMO_SITE, Site, SiteError, nginx, servers, start_site
from jwtlab.site.servers import Server
from tests.helpers.processes import until
from tests.test_site import Notebook, Traces, hello, log_in

Get = Callable[..., requests.Response]  # of the fixture `get`

pytestmark = pytest.mark.usefixtures("needs_nginx")

# A Django project in two files, as notebooks write them.
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
SHOP = """
import os, time
from pathlib import Path
from django.http import HttpResponse, JsonResponse
from django.urls import path

HERE = Path(__file__).parent
SECRET_KEY, DEBUG, ALLOWED_HOSTS, ROOT_URLCONF = "x" * 50, False, ["127.0.0.1"], "shop"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL, STATIC_ROOT = "static/", HERE / "collected"

def seen(request):
    names = {"HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED"}
    sent = {name: request.META[name] for name in names & set(request.META)}
    return JsonResponse({"secure": request.is_secure()} | sent)

def slow_once(request):
    begun = HERE / "begun"
    if not begun.exists():
        begun.write_text(str(os.getpid()))
        time.sleep(60)
    return HttpResponse(str(os.getpid()))

urlpatterns = [path("seen/", seen), path("slow/", slow_once)]
"""
SPOOFED = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=192.0.2.1",
}


@pytest.fixture(scope="module")
def gunicorn() -> Iterator[Site]:
    with start_site(server="gunicorn", workers=3) as site:
        yield site


@pytest.fixture(scope="module")
def production() -> Iterator[Site]:
    with start_site("production", server="nginx", tls=True, workers=2) as site:
        yield site


@pytest.fixture(scope="module")
def get(production: Site) -> Iterator[Get]:
    """Send a request to the production site; follow nothing."""
    with requests.Session() as session:
        session.trust_env = False  # a CA bundle that the environment names would take the place of the site's

        def send(
            path: str,
            base: str = production.url,
            headers: dict[str, str] | None = None,
            data: bytes | None = None,
        ) -> requests.Response:
            return session.get(
                base + path,
                headers=headers,
                data=data,
                verify=production.ca,
                allow_redirects=False,
                timeout=30,
            )

        yield send


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project") / "shop"
    (project / "collected").mkdir(parents=True)
    (project / "collected" / "a.css").write_text("a {}")
    (project / "manage.py").write_text(MANAGE)
    (project / "shop.py").write_text(SHOP)
    return project


@pytest.fixture(scope="module")
def shop_behind_nginx(shop: Path) -> Iterator[Site]:
    with start_site(project=shop, server="nginx") as site:
        yield site


# One site, whatever serves it


def test_workers_agree_on_the_clock_and_on_token_ids(gunicorn: Site) -> None:
    assert repr(gunicorn) == (
        f"demo site · seed face · gunicorn (3 workers) · {gunicorn.url} · lab clock 2026-01-05 09:00:00 UTC"
    )
    access = [log_in(gunicorn)["access"] for _ in range(4)]
    assert len(set(access)) == 4
    assert {hello(gunicorn, token) for token in access * 3} == {200}
    gunicorn.clock.advance(minutes=6)
    assert {hello(gunicorn, token) for token in access * 3} == {401}
    gunicorn.clock.advance(minutes=-6)


def test_tokens_are_the_same_behind_nginx_and_under_threads() -> None:
    with (
        start_site(server="nginx", workers=1, threads=2) as nginx,
        start_site(server="runserver --nothreading") as runserver,
    ):
        assert log_in(nginx) == log_in(runserver)
        assert requests.get(nginx.url + "/hello/").headers["X-Lab-Site"] == nginx.nonce
        assert " · nginx + gunicorn (1 worker, 2 threads each) · " in repr(nginx)
        assert nginx.log.lines == ['"POST /api/token/ HTTP/1.1" 200 585', '"GET /hello/ HTTP/1.1" 401 58']
        assert runserver.pids == (runserver._running.servers[0].pid, ())
        with pytest.raises(SiteError, match="`runserver` cannot"):
            runserver.reload()


def test_a_killed_worker_is_replaced_and_a_reload_replaces_all(gunicorn: Site) -> None:
    before = gunicorn.pids
    os.kill(before.workers[0], signal.SIGKILL)
    until(lambda: len(set(gunicorn.pids.workers) - set(before.workers)) == 1, "the master starts another")
    killed = gunicorn.pids
    gunicorn.reload()
    assert gunicorn.pids.master == before.master
    assert len(gunicorn.pids.workers) == 3
    assert not set(gunicorn.pids.workers) & set(killed.workers)
    assert requests.get(gunicorn.url + "/hello/").status_code == 401


def test_the_log_has_no_query_string(gunicorn: Site, production: Site, get: Get) -> None:
    requests.get(gunicorn.url + "/hello/?token=secret", headers={"Authorization": "Bearer secret"})
    get("/hello/?token=secret", headers={"Authorization": "Bearer secret", "Cookie": "a=secret"})
    for site in (gunicorn, production):
        assert site.log.lines[-1].startswith('"GET /hello/ HTTP/1.1" 401 ')
        assert "secret" not in site.log.text


def test_a_start_goes_through_few_modules(tmp_path: Path) -> None:
    """Whoever reads how a site comes to be has not far to go."""
    count = walked(START, recording_python(tmp_path / "env"), tmp_path)
    assert START.most
    assert "jwtlab.site.site" in count.modules
    assert len(count.modules) <= START.most, count.modules


# Nginx as shipped


def test_production_answers_over_tls_with_each_security_header_once(production: Site, get: Get) -> None:
    assert repr(production) == (
        f"demo site · production face · nginx + gunicorn (2 workers) · {production.url} · real time"
    )
    page, style = get("/"), get("/static/admin/css/base.css")
    assert (page.status_code, style.status_code) == (200, 200)
    assert page.headers["Strict-Transport-Security"] == "max-age=60"
    assert page.headers["X-Content-Type-Options"] == style.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Server"] == "nginx"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(get: Get) -> None:
    page = get("/admin/login/").text
    hashed = next(part for part in page.split('"') if part.startswith("/static/admin/css/base."))
    assert get(hashed).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert get("/static/admin/css/base.css").headers["Cache-Control"] == "public, max-age=3600"
    assert "Cache-Control" not in get("/static/no-such-file.css").headers


def test_plain_http_is_sent_to_https_and_strangers_get_no_answer(production: Site, get: Get) -> None:
    answer = get("/hello/?a=1", production.plain_url)
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://localhost/hello/?a=1")
    for base in (production.url, production.plain_url):
        with pytest.raises(requests.ConnectionError):
            get("/hello/", base, headers={"Host": "evil.example"})
    with pytest.raises(requests.exceptions.SSLError):  # by number, so without a name in the handshake
        get("/hello/", f"https://127.0.0.1:{production.port}")


def test_what_is_too_large_is_refused_before_the_site_sees_it(production: Site, get: Get) -> None:
    too_long = "x" * 9000
    refused = [
        get("/hello/", headers={"Authorization": f"Bearer {too_long}"}),
        get("/hello/", headers={"Cookie": f"a={too_long}"}),
        get(f"/{too_long}"),
        get("/hello/", data=b"x" * 1_100_000),
    ]
    assert [answer.status_code for answer in refused] == [400, 400, 414, 413]
    assert get("/hello/", headers={"Authorization": f"Bearer {'x' * 7000}"}).status_code == 401


def test_production_has_nothing_left_to_check(production: Site) -> None:
    assert repr(production.manage("check", "--deploy")) == (
        "System check identified no issues (2 silenced)."  # W005 and W021, the domain owner's to decide
    )
    with pytest.raises(SiteError, match="real time"):
        production.clock  # noqa: B018


def test_the_health_check_asks_over_the_socket(production: Site, tmp_path: Path) -> None:
    def ask(folder: Path) -> int:
        env = {"RUNTIME_DIRECTORY": str(folder), "ALLOWED_HOSTS": "localhost"}
        check: list[str | Path] = [sys.executable, DEMO_SITE / "serving" / "healthcheck.py"]
        return subprocess.run(check, env=env, capture_output=True).returncode

    assert (ask(production.folder), ask(tmp_path)) == (0, 1)


def test_what_the_client_says_of_itself_is_replaced(shop_behind_nginx: Site) -> None:
    seen = requests.get(shop_behind_nginx.url + "/seen/", headers=SPOOFED).json()
    host = shop_behind_nginx.url.removeprefix("http://")
    assert seen == {"secure": False, "HTTP_HOST": host, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    assert requests.get(shop_behind_nginx.url + "/static/a.css").text == "a {}"


def test_a_get_whose_worker_is_killed_goes_to_another(shop_behind_nginx: Site, shop: Path) -> None:
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(requests.get(shop_behind_nginx.url + "/slow/", timeout=30))
    )
    thread.start()
    begun = shop / "begun"
    until(lambda: begun.exists() and begun.read_text(), "the view has begun")
    os.kill(int(begun.read_text()), signal.SIGKILL)
    thread.join()
    assert answers[0].status_code == 200
    assert answers[0].text != begun.read_text()


# A project's own settings, and starts that fail


def test_gunicorn_alone_believes_no_header_unless_the_projects_own_settings_say_so(shop: Path) -> None:
    own = shop / "gunicorn.conf.py"
    secure = []
    for text in (None, "accesslog = None\n"):  # Gunicorn's defaults, which trust 127.0.0.1
        if text:
            own.write_text(text)
        with start_site(project=shop, server="gunicorn", workers=1) as site:
            secure.append(requests.get(site.url + "/seen/", headers=SPOOFED).json()["secure"])
    own.unlink()
    assert secure == [False, True]


@pytest.mark.parametrize(
    ("settings", "command", "why"),
    [
        ('WSGI_APPLICATION = "nowhere.application"', MANAGE, "did not start: .*No module named 'nowhere'"),
        (
            "DEBUG = Fals",
            MANAGE,
            r"`manage\.py` failed: NameError: name 'Fals' is not defined.* \(shop\.py, line",
        ),
        ("", "print('hello')", r"`manage\.py` failed: it does not load Django's settings"),
    ],
    ids=["no application", "settings that fail", "no command line"],
)
def test_a_project_that_gunicorn_cannot_load_says_why(
    tmp_path: Path, settings: str, command: str, why: str
) -> None:
    broken = tmp_path / "shop"
    broken.mkdir()
    (broken / "manage.py").write_text(command)
    (broken / "shop.py").write_text(f"{SHOP}\n{settings}\n")
    with pytest.raises(SiteError, match=why):
        start_site(project=broken, server="nginx", workers=1)


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (Server("gunicorn", tls=True), r"TLS ends at Nginx: start_site\(server=\"nginx\", tls=True\)"),
        (Server("gunicorn", workers=0), "at least one worker"),
    ],
)
def test_what_no_server_can_do_is_said(server: Server, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        server.check()


def test_without_nginx_the_cure_is_named(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWTLAB_NGINX", "no-such-program")
    with pytest.raises(SiteError, match=r"There is no Nginx on this machine\. "):
        start_site(project=shop, server="nginx", workers=1)


def test_an_nginx_that_does_not_know_the_option_e_will_do(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before Nginx 1.19.5 there was none; Ubuntu 22.04 has 1.18."""
    old = tmp_path / "nginx"
    old.write_text(
        "#!/bin/sh\n"
        f'for word; do [ "$word" != -e ] || {{ echo \'nginx: invalid option: "e"\' >&2; exit 1; }}; done\n'
        f'exec {nginx.find()} "$@"\n'
    )
    old.chmod(0o700)
    monkeypatch.setenv("JWTLAB_NGINX", str(old))
    with start_site(project=shop, server="nginx", workers=1) as site:
        assert requests.get(site.url + "/static/a.css").text == "a {}"


def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(
    shop: Path, production: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = nginx.free_ports(2)
    offered = iter([[production.port, ports[0]], ports])
    monkeypatch.setattr(nginx, "free_ports", lambda count: next(offered))
    with start_site(project=shop, server="nginx", workers=1) as site:
        assert site.port == ports[0]


def test_a_folder_too_deep_for_a_socket_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SOCKET_PATH_LIMIT", 10)
    with pytest.raises(SiteError, match="set TMPDIR=/tmp and start again"):
        start_site(server="nginx")


# The end


def test_sites_behind_nginx_outlive_an_interrupt_and_end_with_their_kernel(tmp_path: Path) -> None:
    notebook = Notebook('start_site(server="nginx", tls=True)', tmp_path / "note")
    manager = notebook.manager
    try:
        seen = notebook.start_site()
        assert len(seen.servers) >= 5  # Gunicorn and two workers; Nginx and its worker
        notebook.interrupt_a_cell(tmp_path / "busy")
        notebook.run("assert site.is_running and len(site.pids.workers) == 2")

        manager.restart_kernel(now=True)
        until(seen.are_gone, "the site ends with a restart")

        notebook.connect()
        seen = notebook.start_site()
        notebook.kill_the_kernel()
        until(seen.are_gone, "the site ends with a kernel that is killed")
    finally:
        notebook.client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("victim", ["watchdog", "gunicorn", "nginx"])
def test_a_site_that_loses_a_part_is_gone_and_leaves_nothing(shop: Path, victim: str) -> None:
    site = start_site(project=shop, server="nginx", workers=1)
    seen = Traces(site)
    application, front = site._running.servers
    {
        "watchdog": seen.watchdog,
        "gunicorn": psutil.Process(application.pid),
        "nginx": psutil.Process(front.pid),
    }[victim].kill()
    until(lambda: not site.is_running, "the site knows")
    with pytest.raises(SiteError, match="Start another"):
        site.pids  # noqa: B018
    site.stop()
    until(seen.are_gone, "watchdog, servers, workers, sockets and folder go")
