# ruff: noqa: PT009 -- run by `manage.py test`, where a bare assert does not show its values
"""The tokens, their keys and the JWKS document. Every forgery here is signed as well as can be."""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.test import Client, override_settings

from .base import GIVEN, SessionTestCase, new_key


def pem(key: PrivateKeyTypes) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(private_pem: str) -> str:
    key = load_pem_private_key(private_pem.encode(), None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Forgery(SessionTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.access = self.log_in().json()["access"]
        self.header = jwt.get_unverified_header(self.access)
        self.claims = jwt.decode(self.access, options={"verify_signature": False})

    def status(self, token: str | bytes) -> int:
        token = token if isinstance(token, str) else token.decode("latin-1")
        return Client().get("/me/", headers={"Authorization": f"Bearer {token}"}).status_code

    def forged(
        self,
        key: str = GIVEN["SIGNING_KEY"],
        algorithm: str = "EdDSA",
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
    ) -> str:
        """Return our token with these claims changed (None: left out), signed with this key."""
        kept = {name: value for name, value in (self.claims | (claims or {})).items() if value is not None}
        return jwt.encode(kept, key, algorithm, self.header | {"alg": algorithm} | (header or {}))

    def test_with_our_key_and_nothing_changed_is_accepted(self) -> None:
        self.assertEqual(self.status(self.forged()), 200)  # so each refusal below has the cause it names

    def test_without_a_claim_is_refused(self) -> None:
        for claim in self.claims:
            with self.subTest(claim):
                self.assertEqual(self.status(self.forged(claims={claim: None})), 401)

    def test_with_another_claim_is_refused(self) -> None:
        for claim, value in (
            ("iss", "elsewhere"),
            ("aud", "elsewhere"),
            ("aud", ["elsewhere"]),
            ("token_type", "refresh"),
            ("sid", "0" * 32),
            ("sid", "nonsense"),
            ("sid", 7),
            ("sid", ["a"]),
            ("jti", 7),
            ("exp", 1),
            ("exp", "soon"),
            ("iat", self.claims["iat"] + 60),
            ("nbf", self.claims["iat"] + 60),
        ):
            with self.subTest(claim=claim, value=value):
                self.assertEqual(self.status(self.forged(claims={claim: value})), 401)

    def test_with_another_key_is_refused(self) -> None:
        self.assertEqual(self.status(self.forged(key=new_key())), 401)

    def test_with_a_key_that_we_do_not_name_is_refused(self) -> None:
        for kid in ("other", "", "../../dev/null", "' OR 1=1 --"):
            with self.subTest(kid):
                self.assertEqual(self.status(self.forged(header={"kid": kid})), 401)
        unnamed = jwt.encode(self.claims, GIVEN["SIGNING_KEY"], "EdDSA")
        self.assertEqual(self.status(unnamed), 401)

    def test_that_brings_its_own_key_is_refused(self) -> None:
        key = new_key()
        jwk = json.loads(jwt.get_algorithm_by_name("EdDSA").to_jwk(load_pem_private_key(key.encode(), None)))
        for header in ({"jwk": jwk}, {"jku": "http://127.0.0.1:9/jwks.json"}, {"x5u": "http://127.0.0.1:9/"}):
            with self.subTest(header):
                self.assertEqual(self.status(self.forged(key, header=header)), 401)

    def test_with_another_algorithm_is_refused(self) -> None:
        self.assertEqual(self.status(self.forged(key="", algorithm="none")), 401)
        self.assertEqual(self.status(self.forged(key="x" * 32, algorithm="HS256")), 401)
        self.assertEqual(self.status(self.forged(pem(rsa.generate_private_key(65537, 2048)), "RS256")), 401)

    def test_of_nonsense_is_refused(self) -> None:
        first, second, third = self.access.split(".")
        for token in (
            "a",
            "a.b.c",
            f"{first}.{second}.",
            f"{first}.{second}",
            "\xff.\xff.\xff",
            f"{third}.{second}.{first}",
        ):
            with self.subTest(token[:20]):
                self.assertEqual(self.status(token), 401)


class Keys(SessionTestCase):
    def jwks(self) -> dict[str, Any]:
        document: dict[str, Any] = Client().get("/.well-known/jwks.json").json()
        return document

    def test_are_published_for_others_to_verify_with(self) -> None:
        access = self.log_in().json()["access"]
        keys = jwt.PyJWKSet.from_dict(self.jwks())
        key = keys[jwt.get_unverified_header(access)["kid"]]
        claims = jwt.decode(access, key, audience="tests", issuer="tests")
        self.assertEqual(claims["user_id"], str(self.alice.pk))

    def test_are_published_without_their_private_part(self) -> None:
        with override_settings(HARDENED_AUTH=GIVEN | {"OTHER_KEYS": (new_key(),)}):
            for key in self.jwks()["keys"]:
                self.assertEqual(key.keys(), {"kty", "crv", "x", "kid", "alg", "use"})

    def test_may_be_cached_for_five_minutes(self) -> None:
        response = Client().get("/.well-known/jwks.json", headers={"Authorization": "Bearer stale"})
        self.assertEqual((response.status_code, response["Cache-Control"]), (200, "public, max-age=300"))

    def test_are_named_by_their_thumbprint(self) -> None:
        # RFC 8037 appendix A.3
        key = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----"""
        with override_settings(HARDENED_AUTH=GIVEN | {"SIGNING_KEY": key}):
            self.assertEqual(self.jwks()["keys"][0]["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")

    def test_change_without_anyone_noticing(self) -> None:
        old, new = GIVEN["SIGNING_KEY"], new_key()
        access = self.log_in()
        with override_settings(HARDENED_AUTH=GIVEN | {"OTHER_KEYS": [public_pem(new)]}):  # publish the next
            self.assertEqual((len(self.jwks()["keys"]), self.me(access)), (2, 200))
        with override_settings(
            HARDENED_AUTH=GIVEN | {"SIGNING_KEY": new, "OTHER_KEYS": [public_pem(old)]}  # sign with it
        ):
            self.assertEqual(self.me(access), 200)
            access = self.refresh()
        with override_settings(HARDENED_AUTH=GIVEN | {"SIGNING_KEY": new}):  # drop the last
            self.assertEqual((self.me(access), self.refresh().status_code), (200, 200))
        self.assertEqual((self.me(access), self.refresh().status_code), (401, 401))

    def test_of_other_kinds_work_too(self) -> None:
        for algorithm, key in (
            ("ES256", ec.generate_private_key(ec.SECP256R1())),
            ("RS256", rsa.generate_private_key(65537, 2048)),
        ):
            given = GIVEN | {"ALGORITHM": algorithm, "SIGNING_KEY": pem(key)}
            with self.subTest(algorithm), override_settings(HARDENED_AUTH=given):
                access = self.log_in(client=Client())
                self.assertEqual(self.me(access), 200)
                published = jwt.PyJWKSet.from_dict(self.jwks()).keys[0]
                jwt.decode(access.json()["access"], published, audience="tests", issuer="tests")
