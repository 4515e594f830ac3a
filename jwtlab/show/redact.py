"""What is shown of a secret: enough to recognise it, too little to use it.

For drawings only. The HTTPie and curl lines carry full values, because they must work when pasted
(jwtlab.show.curl_and_httpie). A token keeps its head, its tail and its length; a password shows nothing.
"""

import re

MASK = "•••"
LONG = 24  # characters; a longer opaque value is a session or a key, a shorter one is worth reading
CLIP = 400  # characters of one string in a JSON body; more of it teaches nothing

# A JWS has three parts, a JWE five. The first is base64url of a JSON object, so it begins with `{"` (eyI to
# eyL), with `{ ` (eyA to eyD), or with `{` and a line break (ewo, ew0).
_TOKEN = re.compile(r"(?<![\w-])e(?:y[A-DI-L]|w[0o])[\w-]{7,}(?:\.[\w-]*){2}(?:(?:\.[\w-]+){2})?", re.ASCII)
_SECRET_NAME = re.compile(r"passw|passphrase|secret|^pwd$", re.IGNORECASE)
_SECRET_IN_QUERY = re.compile(r"(?i)([?&][^=&#]*(?:passw|passphrase|secret)[^=&#]*=)[^&#]+")


def shorten(token: str) -> str:
    """Return a token as head, tail and length, `eyJhbGciOi…k3Yw (209 chars)`; under 40 characters, whole."""
    return token if len(token) < 40 else f"{token[:10]}…{token[-4:]} ({len(token)} chars)"


def tokens_in(text: str) -> str:
    """Return the text with every JWT in it shortened."""
    return _TOKEN.sub(lambda found: shorten(found[0]), text)


def opaque(value: str) -> str:
    """Return the value of a cookie or a credential: a JWT shortened, another long value as its length alone.

    Session ids and CSRF tokens are random, so no part of them can be compared between two runs.
    """
    shown = tokens_in(value)
    return f"… ({len(value)} chars)" if shown == value and len(value) > LONG else shown


def url(text: str) -> str:
    """Return a URL, or its path and query, with tokens shortened and passwords masked."""
    return tokens_in(_SECRET_IN_QUERY.sub(rf"\g<1>{MASK}", text))


def pair(name: str, value: str) -> str:
    """Return the value of a form field of this name as it may be shown: a secret masked, tokens shortened."""
    return MASK if value and _SECRET_NAME.search(name) else tokens_in(value)


def json_value(value: object, name: str = "") -> object:
    """Return a JSON value with its tokens shortened, its passwords masked and its longest strings clipped.

    `name` is the one under which the value stood. A list or object under a secret name is not masked:
    `{"password": ["This field is required."]}` is a message.
    """
    if isinstance(value, dict):
        return {key: json_value(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if _SECRET_NAME.search(name) and value != "":
        return MASK
    return clip(tokens_in(value)) if isinstance(value, str) else value


def clip(text: str) -> str:
    """Return the first `CLIP` characters, with the full length where something was left out."""
    return text if len(text) <= CLIP else f"{text[:CLIP]}… ({len(text):,} chars)"


def header(name: str, value: str) -> str:
    """Return the value of a header as it may be shown: credentials shortened, a cookie's attributes whole."""
    match name.lower():
        case "authorization" | "proxy-authorization":
            return _credentials(value)
        case "cookie":
            return "; ".join(_cookie(item) for item in value.split("; "))
        case "set-cookie":
            cookie, semicolon, attributes = value.partition(";")
            return _cookie(cookie) + semicolon + attributes
        case "content-type":  # the boundary between files is another one each time
            return re.sub(r"(boundary=)[0-9a-f]{32}$", r"\1…", value)
        case "location" | "referer":
            return url(value)
        case low if "csrf" in low or "token" in low or "api-key" in low:
            return opaque(value)
    return tokens_in(value)


def _credentials(value: str) -> str:
    scheme, space, rest = value.partition(" ")
    if scheme.lower() == "basic":  # base64 of name:password, which anyone can undo (RFC 7617 §2)
        return f"{scheme}{space}{MASK}"
    return f"{scheme}{space}{opaque(rest)}" if space else opaque(value)


def _cookie(item: str) -> str:
    name, equals, value = item.partition("=")
    return f"{name}{equals}{opaque(value)}"
