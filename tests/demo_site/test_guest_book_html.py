"""What strangers write: HTML on the seed face, text on others; and the policy that would stop a script."""

import pytest
from django.http import HttpResponse

from notes.models import GuestBookEntry
from pages.csp import FOR_SWAGGER_UI, STRICT, ContentSecurityPolicyMiddleware

pytestmark = pytest.mark.django_db

PAYLOAD = "<img src=x onerror=\"alert('1')\">"
PAGES = ["/", "/guestbook/", "/guestbook/entries/", "/app/local/", "/app/cookie/"]


@pytest.fixture
def payload() -> None:
    GuestBookEntry.objects.create(name="<b>mallory</b>", message=PAYLOAD)


@pytest.mark.parametrize("path", ["/guestbook/", "/guestbook/entries/"])
def test_flaw_the_seed_face_puts_a_message_into_the_page_as_html(client, payload, path):
    page = client.get(path)
    assert page.status_code == 200
    assert PAYLOAD in page.text
    assert "<b>mallory</b>" not in page.text  # one hole, not two


@pytest.mark.parametrize("path", ["/guestbook/", "/guestbook/entries/"])
def test_without_the_flaw_a_message_is_text(client, payload, settings, path):
    settings.GUEST_BOOK_SHOWS_RAW_HTML = False
    page = client.get(path).text
    assert "&lt;img src=x onerror=&quot;alert(&#x27;1&#x27;)&quot;&gt;" in page
    assert PAYLOAD not in page


def test_lines_of_a_text_stay_lines(client, settings):
    settings.GUEST_BOOK_SHOWS_RAW_HTML = False
    GuestBookEntry.objects.create(name="bob", message="one\n<two>")
    assert "one<br>&lt;two&gt;" in client.get("/guestbook/entries/").text


@pytest.mark.parametrize("path", PAGES)
def test_flaw_the_seed_face_sends_no_policy(client, path):
    assert "Content-Security-Policy" not in client.get(path).headers


@pytest.mark.parametrize("path", PAGES)
def test_the_seed_face_sends_the_policy_to_whoever_asks(client, path):
    assert client.get(path, {"csp": ""})["Content-Security-Policy"] == STRICT


@pytest.mark.parametrize("path", [*PAGES, "/admin/login/", "/nowhere/"])
def test_without_the_flaw_every_page_has_the_policy(client, settings, path):
    settings.SENDS_CONTENT_SECURITY_POLICY = True
    assert client.get(path)["Content-Security-Policy"] == STRICT


def test_the_documentation_page_has_a_policy_of_its_own(client, settings):
    settings.SENDS_CONTENT_SECURITY_POLICY = True
    assert client.get("/api/docs/")["Content-Security-Policy"] == FOR_SWAGGER_UI


@pytest.mark.parametrize("policy", [STRICT, FOR_SWAGGER_UI])
def test_no_policy_lets_an_inline_script_or_another_origin_in(policy):
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'self'"
    assert "script-src" not in directives
    assert {source for value in directives.values() for source in value.split()} <= {
        "'self'",
        "'none'",
        "'unsafe-inline'",  # styles of Swagger UI
        "data:",
    }
    assert "'unsafe-inline'" not in policy.replace("style-src 'self' 'unsafe-inline'", "")


def test_what_is_no_page_has_no_policy(rf, settings):
    settings.SENDS_CONTENT_SECURITY_POLICY = True
    middleware = ContentSecurityPolicyMiddleware(lambda request: HttpResponse("{}", "application/json"))
    assert "Content-Security-Policy" not in middleware(rf.get("/")).headers


def test_the_hole_is_off_and_the_policy_on_unless_a_face_says_otherwise():
    from config.settings import base, seed

    assert (base.GUEST_BOOK_SHOWS_RAW_HTML, base.SENDS_CONTENT_SECURITY_POLICY) == (False, True)
    assert (seed.GUEST_BOOK_SHOWS_RAW_HTML, seed.SENDS_CONTENT_SECURITY_POLICY) == (True, False)
