"""The anatomy of a token: what is drawn, what is said of times and claims, and what a bad input is told."""

import base64
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtlab.errors import LabError
from jwtlab.show import TokenError, show_token
from jwtlab.show.html import WIDTH
from jwtlab.show.meanings import PRIVATE, PUBLIC, REGISTERED, duration, meaning
from tests.helpers.notebook_html import Reader

ROOT = Path(__file__).resolve().parent.parent
KEY = "a key of thirty-two bytes, at least"
ISSUED = datetime(2026, 1, 5, 9, tzinfo=UTC)  # the epoch of the lab clock
IAT = int(ISSUED.timestamp())

# RFC 7515 A.1, the first JWS of the standard, and RFC 7519 §6.1, its unsecured twin.
RFC_7515 = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)
RFC_7519 = "eyJhbGciOiJub25lIn0." + RFC_7515.split(".")[1] + "."


def part(content: object) -> str:
    """Anything as base64url: text and bytes as they are, other things as JSON."""
    raw = content if isinstance(content, bytes | str) else json.dumps(content)
    encoded = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(encoded).rstrip(b"=").decode()


def token(payload: object, header: object = None, signature: bytes = bytes(32)) -> str:
    """A token of these parts, signed with nothing but zeros."""
    return ".".join(
        [part({"alg": "HS256", "typ": "JWT"} if header is None else header), part(payload), part(signature)]
    )


def words(payload: dict[str, Any], name: str, at: datetime | None = None) -> tuple[str, ...]:
    return next(claim.words for claim in show_token(token(payload), at=at).claims if claim.name == name)


# --- the drawing --------------------------------------------------------------------------------------------

ACCESS = {"token_type": "access", "exp": IAT + 300, "iat": IAT, "user_id": "1", "is_staff": False}

ACCESS_AS_TEXT = """\
A token of 215 characters: three base64url parts joined by dots, seen at 2026-01-05 09:06:00 UTC

header     eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.
payload    eyJ0b2tlbl90eXBlIjogImFjY2VzcyIsICJleHAiOiAxNzY3NjAzOTAwLCAiaWF0IjogMTc2NzYwMzYwMCwgInVzZ
           XJfaWQiOiAiMSIsICJpc19zdGFmZiI6IGZhbHNlfQ.
signature  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

Header, decoded
  {
    "alg": "HS256",
    "typ": "JWT"
  }

Payload, decoded
  {
    "token_type": "access",
    "exp": 1767603900,
    "iat": 1767603600,
    "user_id": "1",
    "is_staff": false
  }

claim       value                                         kind        what it means
----------  --------------------------------------------  ----------  ------------------------------
token_type  "access"                                      private     whether this is an access or a
                                                                      refresh token
                                                                      Simple JWT, TOKEN_TYPE_CLAIM
exp         1767603900                                    registered  not to be accepted at or after
            2026-01-05 09:05:00 UTC, 5 minutes after iat              this time
            expired 60 seconds ago                                    RFC 7519 §4.1.4
iat         1767603600                                    registered  when the token was issued
            2026-01-05 09:00:00 UTC                                   RFC 7519 §4.1.6
            issued 6 minutes ago
user_id     "1"                                           private     the user, as a key of the
                                                                      site's user table
                                                                      Simple JWT, USER_ID_CLAIM
is_staff    false                                         private     no standard meaning: what
                                                                      issuer and reader agreed on

Signature
  HS256 (HMAC with SHA-256), 32 bytes.
  NOT verified: to decode is not to verify. Anyone can read these parts, and anyone can write such
  parts. Only a check of the signature with the right key tells who did."""


def test_an_access_token_as_text() -> None:
    assert repr(show_token(token(ACCESS), at=ISSUED + timedelta(minutes=6))) == ACCESS_AS_TEXT


def test_html_says_without_colour_what_the_text_says() -> None:
    shown = show_token(token(ACCESS), at=ISSUED + timedelta(minutes=1))
    html = shown._repr_html_()
    cells = Reader(html).cells
    assert re.findall(r'<th scope="(\w+)"', html) == ["col"] * 3 + ["row"] * 3 + ["col"] * 4 + ["row"] * 5
    assert cells[1:4] == ["Part", "As sent", "Decoded"]
    assert [cells[i] for i in (4, 7, 10)] == ["header", "payload", "signature"]
    assert "".join(cells[i].replace("\n", "") for i in (5, 8, 11)) == token(ACCESS)
    assert json.loads(cells[9]) == ACCESS
    assert "NOT verified" in cells[12]
    exp = cells.index("exp")
    assert cells[exp + 1 : exp + 3] == [
        "1767603900\n2026-01-05 09:05:00 UTC, 5 minutes after iat\nvalid for 4 minutes",
        "registered",
    ]


def test_the_three_parts_have_three_colours() -> None:
    html = show_token(token(ACCESS))._repr_html_()
    grounds = re.findall(r'<span style="background:(#\w+); color:(#\w+)', html)
    assert len(set(grounds)) == 3
    assert len(set(re.findall(r"<pre[^>]* background:(rgba[^\"]+)", html))) == 3
    for ground, ink in grounds:
        assert contrast(ground, ink) >= 5  # WCAG 2.2 §1.4.3 asks for 4.5


def contrast(*colours: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_tokens_of_the_standards() -> None:
    signed = repr(show_token(RFC_7515))
    assert "HS256 (HMAC with SHA-256), 32 bytes." in signed
    assert "2011-03-22 18:43:00 UTC" in signed
    unsecured = repr(show_token(RFC_7519))
    assert "alg none, 0 bytes. An unsecured JWT: nobody signed it" in unsecured
    assert "NOT verified" in unsecured
    assert "empty" in Reader(show_token(RFC_7519)._repr_html_()).cells


def test_bytes_are_read_as_well() -> None:
    assert repr(show_token(RFC_7515.encode())) == repr(show_token(RFC_7515))


def test_a_payload_without_claims() -> None:
    assert "Claims: none" in repr(show_token(token({})))
    assert "Claims: none" in show_token(token({}))._repr_html_()


def test_what_a_stranger_wrote_is_text() -> None:
    attack = "<script>alert('x')</script>"
    payload = {attack: attack, "sub": "a\u202eb\x1b[31m"}
    shown = show_token(token(payload, {"alg": attack, "typ": attack}))
    assert Reader(shown._repr_html_()).tags.count("script") == 0
    assert attack in "".join(Reader(shown._repr_html_()).cells)
    assert r"a\u202eb\u001b[31m" in repr(shown)


@given(
    st.dictionaries(
        st.text(), st.recursive(st.text() | st.integers() | st.floats() | st.none(), st.lists), max_size=4
    )
)
def test_any_payload_stays_inside_its_page(payload: dict[str, Any]) -> None:
    shown = show_token(token(json.dumps(payload).replace("NaN", "0").replace("Infinity", "9e999")))
    Reader(shown._repr_html_())
    for line in repr(shown).split("\n"):
        assert len(line) <= WIDTH
        assert line.isprintable()


def test_it_needs_neither_pyjwt_nor_a_key_nor_django_settings() -> None:
    probe = (
        "import sys; from jwtlab.show import show_token;"
        f"repr(show_token({RFC_7515!r})); show_token({RFC_7515!r})._repr_html_();"
        "print({'jwt', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, env={}, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


# --- the signature ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "signature", "said"),
    [
        ({"alg": "HS256"}, bytes(32), ["HS256 (HMAC with SHA-256), 32 bytes."]),
        (
            {"alg": "HS256"},
            bytes(31),
            ["31 bytes.", "HS256 always makes 32 bytes, so this signature cannot be right."],
        ),
        ({"alg": "HS256"}, b"", ["0 bytes.", "HS256 always makes 32 bytes"]),
        ({"alg": "RS256"}, bytes(256), ["RS256 (RSASSA-PKCS1-v1_5 with SHA-256), 256 bytes."]),
        ({"alg": "RS256"}, b"", ["RS256 always makes a signature"]),
        ({"alg": "EdDSA"}, bytes(64), ["EdDSA (Ed25519 or Ed448), 64 bytes."]),
        ({"alg": "none"}, b"", ["alg none, 0 bytes."]),
        ({"alg": "none"}, b"x", ["alg none, 1 byte.", "alg is none, yet there is a signature."]),
        ({"alg": "XY1"}, b"x", ["XY1 (an algorithm unknown to show_token), 1 byte."]),
        ({}, b"x", ["1 byte, and no algorithm"]),
        ({"alg": ["HS256"]}, b"x", ["1 byte, and no algorithm"]),
    ],
)
def test_what_is_said_of_the_signature(header: object, signature: bytes, said: str) -> None:
    shown = " ".join(repr(show_token(token({}, header, signature))).split())
    for words_ in [*said, "NOT verified: to decode is not to verify."]:
        assert words_ in shown
    assert ("cannot be right" in shown) is any("always makes" in words_ for words_ in said)


def test_lengths_agree_with_pyjwt() -> None:
    for alg, key in (("HS256", KEY), ("HS384", KEY * 2), ("HS512", KEY * 2)):
        assert "cannot be right" not in repr(show_token(jwt.encode({"a": 1}, key, algorithm=alg)))


def test_a_last_character_with_spare_bits_is_noted() -> None:
    head, payload, signature = RFC_7515.split(".")
    twin = f"{head}.{payload}.{signature[:-1]}l"  # k and l differ in a bit that carries nothing
    assert show_token(twin).token.signature == show_token(RFC_7515).token.signature
    assert "The last character of the signature has spare bits set" in repr(show_token(twin))
    assert "spare bits" not in repr(show_token(RFC_7515))


def test_a_name_that_stands_twice_is_noted() -> None:
    shown = show_token(token('{"sub": "1", "sub": "2"}'))
    assert shown.token.payload.value == {"sub": "2"}
    assert "“sub” stands more than once in the payload, against RFC 7519 §4; the last is shown." in repr(
        shown
    )


# --- times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "seen"),
    [
        (360, "expired 60 seconds ago"),
        (300, "expires at this moment"),
        (299, "valid for 1 second"),
        (60, "valid for 4 minutes"),
        (-3600, "valid for 1 hour 5 minutes"),
        (300.5, "expired 0.5 seconds ago"),
        (90_301, "expired 1 day 1 hour 1 second ago"),
    ],
)
def test_expiry_seen_from_a_moment(seconds: float, seen: str) -> None:
    at = ISSUED + timedelta(seconds=seconds)
    assert words({"exp": IAT + 300}, "exp", at) == ("2026-01-05 09:05:00 UTC", seen)


def test_nothing_is_said_about_now_without_a_moment() -> None:
    assert words(ACCESS, "exp") == ("2026-01-05 09:05:00 UTC, 5 minutes after iat",)
    assert "seen at" not in repr(show_token(token(ACCESS)))


def test_the_moment_may_be_in_any_time_zone() -> None:
    lisbon = timezone(timedelta(hours=1))
    assert repr(show_token(token(ACCESS), at=ISSUED)) == repr(
        show_token(token(ACCESS), at=ISSUED.astimezone(lisbon))
    )


@pytest.mark.parametrize(
    ("payload", "name", "said"),
    [
        ({"nbf": IAT + 60}, "nbf", "not valid for another 60 seconds"),
        ({"nbf": IAT - 60}, "nbf", "reached 60 seconds ago"),
        ({"nbf": IAT}, "nbf", "reached at this moment"),
        ({"iat": IAT + 120}, "iat", "issued 2 minutes in the future"),
        ({"iat": IAT}, "iat", "issued at this moment"),
        ({"exp": IAT - 60, "iat": IAT}, "exp", "60 seconds before iat"),
        ({"exp": IAT, "iat": IAT}, "exp", "the same as iat"),
        ({"auth_time": IAT, "iat": "soon"}, "auth_time", "2026-01-05 09:00:00 UTC"),
        ({"exp": IAT + 0.25}, "exp", "2026-01-05 09:00:00.25 UTC"),
        ({"exp": 0}, "exp", "1970-01-01 00:00:00 UTC"),
        ({"exp": -1}, "exp", "1969-12-31 23:59:59 UTC"),
        ({"exp": IAT * 1000}, "exp", "after the year 9999: a NumericDate counts seconds, not milliseconds"),
        ({"exp": 10**400}, "exp", "after the year 9999"),
        ({"exp": -(10**20)}, "exp", "before the year 1"),
        ({"exp": "1767603900"}, "exp", "not a time: a NumericDate is a JSON number of seconds"),
        ({"exp": True}, "exp", "not a time"),
        ({"exp": None}, "exp", "not a time"),
    ],
)
def test_times_in_words(payload: dict[str, Any], name: str, said: str) -> None:
    assert said in ", ".join(words(payload, name, ISSUED))


def test_other_claims_have_no_time() -> None:
    assert words({"user_id": IAT}, "user_id", ISSUED) == ()


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=100_000)))
def test_a_duration_is_exact(span: timedelta) -> None:
    unit = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
    found = re.findall(r"([\d,.]+) (day|hour|minute|second)s?", duration(span))
    total = sum(
        (timedelta(seconds=float(n.replace(",", "")) * unit[name]) for n, name in found), timedelta(0)
    )
    assert total == span


# --- claims -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "source"),
    [
        *[
            (name, REGISTERED, f"RFC 7519 §4.1.{i}")
            for i, name in enumerate("iss sub aud exp nbf iat jti".split(), 1)
        ],
        ("email", PUBLIC, "OpenID Connect Core 1.0 §5.1"),
        ("scope", PUBLIC, "RFC 8693 §4.2"),
        ("https://example.com/is_root", PUBLIC, "RFC 7519 §4.2"),
        ("urn:example:role", PUBLIC, "RFC 7519 §4.2"),
        ("token_type", PRIVATE, "Simple JWT, TOKEN_TYPE_CLAIM"),
        ("admin", PRIVATE, ""),
        ("", PRIVATE, ""),
        ("Iss", PRIVATE, ""),
    ],
)
def test_the_kind_of_a_claim(name: str, kind: str, source: str) -> None:
    found = meaning(name)
    assert (found.kind, found.source) == (kind, source)
    assert found.words


def test_simple_jwt_calls_its_claims_so() -> None:
    """The names here follow the library's defaults; a new release may change them."""
    from rest_framework_simplejwt.settings import DEFAULTS

    for setting in (
        "TOKEN_TYPE_CLAIM",
        "USER_ID_CLAIM",
        "SLIDING_TOKEN_REFRESH_EXP_CLAIM",
        "REVOKE_TOKEN_CLAIM",
    ):
        assert meaning(str(DEFAULTS[setting])).source == f"Simple JWT, {setting}"
    assert meaning(str(DEFAULTS["JTI_CLAIM"])).kind == REGISTERED


# --- bad input ----------------------------------------------------------------------------------------------

HEAD, BODY, SIGNED = RFC_7515.split(".")


@pytest.mark.parametrize(
    ("given_", "said", "cure"),
    [
        ("", "this has 1", "Copy it whole"),
        ("hello", "this has 1", "Copy it whole"),
        (
            f"{HEAD}.{BODY}",
            "three parts joined by two dots; this has 2",
            "Even an unsigned token ends in a dot",
        ),
        (f"{HEAD}.{BODY}.{SIGNED}.x", "this has 4", "Copy it whole"),
        (f"{HEAD}....", "an encrypted token, a JWE (RFC 7516 §7.1)", "Pass a signed token"),
        (f"Bearer {RFC_7515}", "the value of an Authorization header", 'Remove the word "Bearer"'),
        (f"bearer\t{RFC_7515}", "the value of an Authorization header", 'Remove the word "Bearer"'),
        (f"{RFC_7515}\n", "whitespace around the token", "token.strip()"),
        (f" {RFC_7515}", "whitespace around the token", "token.strip()"),
        (f'"{RFC_7515}"', 'The header has `"` at position 1: not base64url', "without quotes"),
        (f"{HEAD}.{BODY}.{SIGNED}=", "The signature ends in `=`", "Remove it"),
        (f"{HEAD}.{BODY}.ab+d", "The signature has `+` at position 3", "where base64url has `-`"),
        (f"{HEAD}.a/cd.{SIGNED}", "The payload has `/` at position 2", "where base64url has `_`"),
        (
            f"{HEAD}.{BODY[:9]}\n{BODY[9:]}.{SIGNED}",
            "The payload has a line break at position 10",
            "line breaks",
        ),
        (f"{HEAD}.{BODY}.é".encode(), "The signature has `Ã` at position 1", "Copy the token again"),
        (f"{HEAD}.{BODY[:93]}.{SIGNED}", "The payload has 93 characters, a length", "a character is missing"),
        (f"{HEAD}.{BODY[1:-1]}.{SIGNED}", "bytes that are not text", "first characters may be missing"),
        (
            token({}, '{\n  "alg" : "HS256",\n  "typ" : "JWT",\n}'),
            "line 3 ends in a comma with nothing after it",
            "remove the comma",
        ),
        (token({}, '{"alg"'), "The header is not JSON: it breaks off", 'It decodes to: {"alg"'),
        (
            token("{'sub': 1}"),
            "The payload is not JSON: it breaks off or has a wrong character",
            "It decodes to: {'sub': 1}",
        ),
        (token('{"exp": NaN}'), "it holds NaN", "It decodes to"),
        (token('{"exp": ' + "9" * 5000 + "}"), "a number of thousands of digits", "999…"),
        (token('{"a":' * 100_000), "The payload is not JSON", "It decodes to"),
        (token([1]), "The payload is JSON, but not an object", "It decodes to: [1]"),
        (token("null"), "The payload is JSON, but not an object", "It decodes to: null"),
        (token({}, "7"), "The header is JSON, but not an object", "It decodes to: 7"),
        ({"access": RFC_7515}, "This is a dict", 'show_token(tokens["access"])'),
        (None, "of type NoneType", "Pass the token itself"),
    ],
)
def test_bad_input_says_what_is_wrong_and_what_to_do(given_: Any, said: str, cure: str) -> None:
    with pytest.raises(TokenError) as caught:
        show_token(given_)
    assert said in str(caught.value)
    assert cure in str(caught.value)
    assert str(caught.value).isprintable()
    assert isinstance(caught.value, LabError)


@pytest.mark.parametrize("at", [datetime(2026, 1, 5, 9), "09:06", IAT])
def test_a_moment_without_a_time_zone_is_refused(at: Any) -> None:
    with pytest.raises(TokenError, match=r"time zone\. Pass site\.clock\.now"):
        show_token(RFC_7515, at=at)


@given(
    st.text()
    | st.binary()
    | st.lists(st.text(alphabet="eyJhbGciOi-_=+9"), min_size=3, max_size=3).map(".".join)
)
def test_anything_else_is_a_token_error(anything: Any) -> None:
    with pytest.raises(TokenError):
        show_token(anything)


@given(st.binary(), st.binary())
def test_a_token_cannot_be_made_of_anything_else(header: object, payload: dict[str, Any]) -> None:
    with pytest.raises(TokenError) as caught:
        show_token(f"{part(header)}.{part(payload)}.")
    assert str(caught.value).isprintable()
