"""The live site as a check sees it: send a request, expect a response, move the clock.

`http.client`, because it reads no proxy variables; and every answer must carry the nonce of this very site.
"""

import http.client
import json as jsonlib
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import Morsel, SimpleCookie
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlencode

from jwtlab.checker.answer.parent import Handle
from jwtlab.checker.api.learner import raised
from jwtlab.checker.api.tokens import Maker, notes
from jwtlab.checker.verdict import THE_COURSE, CouldNotRun, Fail
from jwtlab.show.curl_and_httpie import FORM, Sent, curl
from jwtlab.site.demo_users import PASSWORDS
from jwtlab.site.world import LabClock

_UNSET: Any = object()


class Tokens(NamedTuple):
    """What a login gives."""

    access: str
    refresh: str


class Seen(NamedTuple):
    """A request that reached the site, from the check or from the learner's own client."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Response:
    """What the site has sent back to one request."""

    site: "CheckedSite"
    sent: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    cookies: dict[str, "Morsel[str]"] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON, or None where it is no JSON."""
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def expect(
        self,
        status: int | Iterable[int],
        *,
        key: str,
        json: Any = _UNSET,
        has: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        crash: str | None = None,
    ) -> "Response":
        """Fail with `key` unless this is the answer.

        `json` is the whole body, `has` a part of the object in it, `headers` some of the headers. Where the
        view raised, it fails with `crash`, by default with a general message.
        """
        statuses = (status,) if isinstance(status, int) else tuple(status)
        wanted = _wanted(statuses, json, has, headers)
        if self._is_crash and 500 not in statuses:
            self._crashed(wanted, crash)
        if not (self.status in statuses and self._has_json(json, has) and self._has_headers(headers or {})):
            self.fail(key, wanted=wanted)
        return self

    def fail(self, key: str, *, wanted: str, saw: str | None = None, crash: str | None = None) -> NoReturn:
        """Raise Fail with `key`, whatever came back; with `crash` where the view raised."""
        if self._is_crash:
            self._crashed(wanted, crash)
        raise Fail(key, sent=self.sent, saw=saw or self._shown, wanted=wanted)

    @property
    def _is_crash(self) -> bool:
        return "X-Lab-Crash" in self.headers

    def _crashed(self, wanted: str, key: str | None) -> NoReturn:
        crashes = self.site.report()["crashes"]
        raised(self.sent, crashes[int(self.headers["X-Lab-Crash"])], key, wanted)

    @property
    def _shown(self) -> str:
        cookies = "".join(f"\nSet-Cookie: {morsel.OutputString()}" for morsel in self.cookies.values())
        return f"{_phrase(self.status)}  {self._body}".rstrip() + cookies

    @property
    def _body(self) -> str:
        """The body on one line; of a page its title alone."""
        if self.headers.get("Content-Type", "").startswith("text/html"):
            title = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL | re.IGNORECASE)
            return f"a page: {' '.join(title[1].split())}" if title else "a page"
        return " ".join(self.text.split())

    def _has_json(self, json: Any, has: Mapping[str, Any] | None) -> bool:
        if json is not _UNSET and self.json != json:
            return False
        body = self.json if isinstance(self.json, dict) else {}
        return all(name in body and body[name] == value for name, value in (has or {}).items())

    def _has_headers(self, headers: Mapping[str, str]) -> bool:
        return all(self.headers.get(name) == value for name, value in headers.items())


class CheckedSite:
    """The live site of one check."""

    def __init__(self, handle: Handle, clock: LabClock, nonce: str) -> None:
        self.clock = clock
        self.last_sent = ""
        self._handle = handle
        self._nonce = nonce
        self._port = handle.ask("serve", "the site")
        self.url = f"http://127.0.0.1:{self._port}"

    def request(
        self,
        method: str,
        path: str,
        *,
        bearer: str | None = None,
        json: Any = _UNSET,
        data: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request and return what came back.

        `bearer` is an access token. The body is `json`, a form in `data`, or bytes in `body`. Fail with
        `timed-out` where nothing came back within the limit of the learner's code.
        """
        kind, content = _content(json, data, body)
        fields = kind | ({"Authorization": f"Bearer {bearer}"} if bearer is not None else {})
        if cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        fields |= headers or {}
        sent = self._line(method, path, fields, content) + notes(bearer, json, data, headers, cookies)
        return self._send(method, path, fields, content, sent)

    def get(self, path: str, **options: Any) -> Response:
        """Send a GET; the options are those of `request`."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """Send a POST; the options are those of `request`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        """Send a PUT; the options are those of `request`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        """Send a PATCH; the options are those of `request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        """Send a DELETE; the options are those of `request`."""
        return self.request("DELETE", path, **options)

    def options(self, path: str, **options: Any) -> Response:
        """Send an OPTIONS; the options are those of `request`."""
        return self.request("OPTIONS", path, **options)

    def head(self, path: str, **options: Any) -> Response:
        """Send a HEAD; the options are those of `request`."""
        return self.request("HEAD", path, **options)

    def _line(self, method: str, path: str, fields: Mapping[str, str], body: bytes) -> str:
        return curl(Sent(method, self.url + path, tuple(fields.items()), body))

    def _send(self, method: str, path: str, fields: Mapping[str, str], body: bytes, sent: str) -> Response:
        self.last_sent = sent
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._handle.left())
        try:
            connection.request(method, path, body or None, dict(fields))
            response = connection.getresponse()
            return self._response(response, response.read(), sent)
        except TimeoutError:
            self._handle.stuck(sent)
        except (OSError, http.client.HTTPException) as error:
            self._handle.ask("report", sent)  # says what became of the process, if that is the reason
            self._is_not_ours(sent, f"{type(error).__name__}")
        finally:
            connection.close()

    def _response(self, response: http.client.HTTPResponse, body: bytes, sent: str) -> Response:
        if response.headers.get("X-Lab-Site") != self._nonce:
            self._is_not_ours(sent, "an answer without the name of the site")
        cookies: dict[str, Morsel[str]] = {}
        for line in response.headers.get_all("Set-Cookie") or ():
            cookies |= SimpleCookie(line)
        return Response(self, sent, response.status, response.headers, body, cookies)

    def _is_not_ours(self, sent: str, saw: str) -> NoReturn:
        raise CouldNotRun("no-site", sent=sent, saw=saw, wanted="the site of this check", fault=THE_COURSE)

    def together(self, requests: Iterable[tuple[str, str, Mapping[str, Any]]]) -> list[Response]:
        """Send several requests at the same moment, each (method, path, options of `request`)."""
        with ThreadPoolExecutor(max_workers=32) as pool:
            sent = [pool.submit(self.request, method, path, **options) for method, path, options in requests]
            return [each.result() for each in sent]

    def login(self, username: str, password: str | None = None) -> Tokens:
        """Log in at `/api/token/` as one of the demo site's users. Fail with `no-login` without tokens."""
        body = {"username": username, "password": password or PASSWORDS[username]}
        answer = self.request("POST", "/api/token/", json=body)
        found = answer.json if isinstance(answer.json, dict) else {}
        if not {"access", "refresh"} <= found.keys():
            answer.fail("no-login", wanted="200 OK with an access and a refresh token")
        return Tokens(found["access"], found["refresh"])

    def tokens(self, username: str, **claims: Any) -> Maker:
        """Return a maker of SimpleJWT access tokens for a user, with the site's own key and clock."""
        number = str(list(PASSWORDS).index(username) + 1)
        known: dict[str, Any] = {"token_type": "access", "jti": "0" * 32, "user_id": number}
        known |= {"username": username, "is_staff": username == "admin"}
        key, alg = self.setting("SIMPLE_JWT.SIGNING_KEY"), self.setting("SIMPLE_JWT.ALGORITHM")
        return Maker(key=key, alg=alg, at=self.clock.now, claims=known | claims)

    def setting(self, name: str) -> Any:
        """Return a setting of the project, as data; `SIMPLE_JWT.SIGNING_KEY` is one of SimpleJWT's."""
        return self._handle.ask("setting", f"settings.{name}", name=name)

    def count(self, model: str, **filters: Any) -> int:
        """Return how many rows of the model `app.Model` there are, with these filters."""
        return int(self._handle.ask("count", f"{model} rows", model=model, filters=filters))

    def stub(
        self,
        method: str,
        path: str,
        *,
        status: int,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> None:
        """Let the site answer this request so from now on, `times` times (None: always), without Django."""
        fields = {"Content-Type": "application/json"} | dict(headers or {})
        body = jsonlib.dumps(json).encode()
        self._handle.ask(
            "stub", method=method, path=path, status=status, body=body, headers=fields, times=times
        )

    @property
    def seen(self) -> list[Seen]:
        """The requests that have reached the site since the last `forget`, oldest first."""
        return [Seen(**each) for each in self._handle.ask("seen")]

    def forget(self) -> None:
        """Forget the requests that have reached the site, so that `seen` begins anew."""
        self._handle.ask("forget")

    def report(self) -> dict[str, Any]:
        """Return what the answer process has printed (`text`) and what its views have raised (`crashes`)."""
        return dict(self._handle.ask("report", "the site"))


def _content(json: Any, data: Mapping[str, str] | None, body: bytes) -> tuple[dict[str, str], bytes]:
    if json is not _UNSET:
        return {"Content-Type": "application/json"}, jsonlib.dumps(json).encode()
    if data is not None:
        return {"Content-Type": FORM}, urlencode(data).encode()
    return {}, body


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _wanted(
    statuses: tuple[int, ...], json: Any, has: Mapping[str, Any] | None, headers: Mapping[str, str] | None
) -> str:
    parts = [" or ".join(_phrase(status) for status in statuses)]
    if json is not _UNSET:
        parts.append(jsonlib.dumps(json, ensure_ascii=False))
    if has:
        parts.append(f"with {jsonlib.dumps(has, ensure_ascii=False)}")
    parts += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "  ".join(parts)
