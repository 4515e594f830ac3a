"""Requests that a client in its right mind does not send: malformed, doubled, oversized, of the wrong type.

As bytes, because an HTTP library would refuse to send most of them. Found by asking, for each part of a
request, what Python, Django, DRF, SimpleJWT and PyJWT do with it; a case that ever caused a 5xx stays here.
"""

from collections.abc import Iterator
from itertools import product

HOST = b"Host: 127.0.0.1"
OWN_SCRIPT = b"X-Auth-Request: 1"
JSON = b"Content-Type: application/json"
COOKIE = b"Cookie: __Host-refresh_token="
CSRF = (b"Cookie: __Host-csrftoken=" + b"a" * 32, b"X-CSRFToken: " + b"a" * 32)

APIS = ("/login/", "/api/notes/", "/api/guestbook/")  # read a JSON body
COOKIE_VIEWS = ("/api/token/refresh/", "/logout/")
FORMS = ("/guestbook/", "/admin/login/", "/admin/login/?next=%00%0a")

# A field of a body that is good but for it.
FIELDS = (b"username", b"password", b"title", b"message")
VALUES = (
    *(b"null", b"true", b"0", b"-1", b"1e999", b"NaN", b"1" * 4400, b"[]", b"[[]]", b"{}", b'{"a":1}'),
    *(b'""', b'" "', b'"\\u0000"', b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u202e"', b'"\xff"', b'"x\\ny"'),
    b'"%s"' % (b"x" * 50_000),
)
BODIES = (
    *(b"", b" ", b"{", b"[]", b'"x"', b"null", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}"),
    b"x" * 70_000,
    *(b"[" * depth for depth in (500, 1_000, 5_000, 20_000, 60_000)),
    *(b'{"a":' * depth for depth in (1_000, 10_000)),
    *(
        b'{"username":"vitor","password":"123","title":"t","name":"n","message":"m","%s":%s}' % pair
        for pair in product(FIELDS, VALUES)
    ),
)
CONTENT_TYPES = (
    *(b"", b"/", b"a/b/c", b"\xff", b"text/plain", b"application/json;" + b"a=b;" * 500),
    *(b"application/json; charset=%s" % codec for codec in (b"hex", b"zlib", b"rot13", b"utf-16", b"\xff")),
    *(b"application/json; charset*=%s''%%41" % codec for codec in (b"nonsense", b"zlib", b"")),
    *(b"application/x-www-form-urlencoded; charset=%s" % codec for codec in (b"utf-8", b"zlib", b"idna")),
    *(b"multipart/form-data; boundary=%s" % boundary for boundary in (b"", b"\xff", b"x" * 300)),
    *(b"multipart/form-data; boundary=x; charset=%s" % codec for codec in (b"utf-8", b"zlib", b"undefined")),
)


def _parts(*parts: bytes) -> bytes:
    return b"".join(b"--x\r\n%s\r\n" % part for part in parts) + b"--x--\r\n"


FORM_BODIES = (
    b"",
    b"message=hi&name=x",
    b"message=%00&name=%ff%ed%a0%80\xff",
    b"&".join([b"a=1"] * 2_000),
    _parts(b'Content-Disposition: form-data; name="message"\r\n\r\nhi\xff'),
    _parts(
        b'Content-Disposition: form-data; name="name"; filename="\0"\r\nContent-Type: a; charset=hex\r\n\r\nx'
    ),
    _parts(
        b'Content-Disposition: form-data; name="name"\r\nContent-Transfer-Encoding: base64\r\n\r\n!', b"X"
    ),
    _parts(b"Content-Disposition: form-data; name*=zlib''%41\r\n\r\nx"),
    _parts(b"Content-Disposition: form-data; name=\"name\"; filename*=nonsense''%41\r\n\r\nx"),
    b"--x\r\n" * 2_000,
)
PATHS = (
    *(
        "/?" + "a&" * 1_500,
        "/",
        "//",
        "*",
        "http://evil/",
        "/nowhere/",
        "/%00",
        "/%ff%fe",
        "/?" + "a=1&" * 300,
        "/login",
    ),
    *("/hello/", "/api/notes/", "/api/notes/0/", "/api/notes/-1/", "/api/notes/99999999999999999999/"),
    *("/api/notes/x%00/", "/api/notes/%ff/", "/api/notes/?format=api", "/api/guestbook/1/"),
    *("/api/schema/?format=x", "/api/schema/?version=%00%0a", "/api/schema/?lang=x", "/api/docs/"),
    *("/api/docs/?script", "/static/%2e%2e/%2e%2e/manage.py", "/static/%00", "/.well-known/jwks.json"),
    *("/guestbook/?csp", "/guestbook/entries/", "/app/cookie/", "/admin/", "/admin/r/1/1/"),
    *("/admin/hardened_auth/family/", "/api/token/", "/api/token/verify/"),
)
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST", "TRACE", "NONSENSE", "get")
HEADERS = (
    *(b"Origin: %s" % value for value in (b"", b"\xff", b"null", b"http://[")),
    *(b"Accept: %s" % value for value in (b"", b";", b"\xff", b"a/b;q=x", b"a/b," * 1_000)),
    *(b"Content-Length: %s" % value for value in (b"-1", b"x", b"99999999999999999999")),
    *(b"Host: %s" % value for value in (b"", b"evil", b"\xff", b"127.0.0.1:99999", b"[::1", b"a,b")),
    *(
        b"Cookie: __Host-sessionid=%s" % value
        for value in (b"x", b"x" * 5_000, b"\xff; __Host-csrftoken=\xff")
    ),
    *(b"%s: \xff" % name for name in (b"Sec-Fetch-Site", OWN_SCRIPT[:-3], b"Accept-Language", b"Referer")),
    *(b"%s: \xff" % name for name in (b"If-Modified-Since", b"If-None-Match", b"Range", b"X-Forwarded-For")),
    b"Accept-Language: " + b"a," * 2_000,
    b"Transfer-Encoding: chunked",
    b"Expect: nonsense",
)


def _values_like(token: bytes) -> Iterator[bytes]:
    """Yield what may stand where this token would."""
    yield from (b"", b"x", b"..", b"a.b.c", b'"', b'"\\303\\251"', b'"\\000"', b"\xff\xfe", b"\xed\xa0\x80")
    yield from (token, token + b"=", token[:-1], b'"%s"' % token, b"x" * 7_000, b"x." * 3_000)
    # Headers {"alg":"none"}, {"alg":null}, {"alg":"EdDSA","kid":[1]} and one with {"a":1}, then the list [].
    yield b"eyJhbGciOiJub25lIn0.e30."
    yield b"eyJhbGciOm51bGx9.e30.x"
    yield b"eyJhbGciOiJFZERTQSIsImtpZCI6WzFdfQ.e30.x"
    yield b"eyJhbGciOiJFZERTQSIsImtpZCI6eyJhIjoxfX0.e30.x"
    yield b"W10.e30.x"


def requests_of(access: bytes, refresh: bytes) -> Iterator[bytes]:
    """Yield every request of the corpus, for a client that holds these two tokens."""
    bearer = b"Authorization: Bearer " + access
    for path, body in product(APIS, BODIES):
        yield request("POST", path, [OWN_SCRIPT, bearer, JSON], body)
    for path, kind in product((*APIS, *COOKIE_VIEWS), CONTENT_TYPES):
        yield request("POST", path, [OWN_SCRIPT, bearer, b"Content-Type: " + kind], b"{}")
        yield request("POST", f"{path}?a=%ff", [OWN_SCRIPT, bearer, b"Content-Type: " + kind], b"{}")
        yield request("POST", f"{path}?{'&' * 1_500}", [OWN_SCRIPT, bearer, b"Content-Type: " + kind], b"{}")
    for path, kind, body in product(FORMS, CONTENT_TYPES, FORM_BODIES):
        yield request("POST", path, [*CSRF, b"Content-Type: " + kind], body)
    for path, method in product(PATHS, METHODS):
        yield request(method, path, [OWN_SCRIPT, bearer])
    for value, path in product(_values_like(refresh), COOKIE_VIEWS):
        yield request("POST", path, [OWN_SCRIPT, COOKIE + value])
        yield request("POST", path, [OWN_SCRIPT, COOKIE + value, COOKIE + b"x; " + COOKIE[8:] + value])
    for value in _values_like(access):
        yield request("GET", "/hello/", [b"Authorization: Bearer " + value])
        yield request("GET", "/hello/", [b"Authorization: " + value, bearer])
        yield request("GET", "/hello/", [b"Authorization: Bearer %s %s" % (value, value)])
    for header, path, method in product(HEADERS, (*COOKIE_VIEWS, *APIS, "/guestbook/"), ("POST", "GET")):
        yield request(method, path, [header, OWN_SCRIPT, JSON], b"{}")


def request(method: str, path: str, headers: list[bytes], body: bytes = b"") -> bytes:
    """Return the bytes of a request. Host and Content-Length are right, unless the headers say them too."""
    names = {header.split(b":")[0] for header in headers}
    right = [
        header for header in (HOST, b"Content-Length: %d" % len(body)) if header.split(b":")[0] not in names
    ]
    lines = [f"{method} {path} HTTP/1.1".encode(), *right, *headers, b"Connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
