"""A sample of kind code: a Django view on the live site. Hand-written; the course's own are built."""

from jwtlab.checker.api import tokens

EXERCISE = {"id": "99.whoami", "title": "Who is calling?", "kind": "code", "site": "seed", "django": True}
STARTER = '''
import jwt
from django.http import JsonResponse

KEY = "a-key-for-one-exercise-that-has-its-thirty-two-bytes"


def whoami(request):
    """Answer {"user": sub} to a good token, and 401 to any other."""
    ...
'''
HINTS = ["Look at `jwt.decode`.", "Compare what you check with the claims.", "`jwt.decode(token, KEY, …)`"]
MESSAGES = {
    "good-refused": {"title": "A good token is turned away", "next": "Read the 401 (notebook 01)."},
    "expired-accepted": {"title": "An expired token gets in", "next": "Who looks at `exp` (notebook 01)?"},
    "audience-ignored": {"title": "A token for someone else gets in", "next": "Look at `aud` (notebook 01)."},
    "none-accepted": {"title": "An unsigned token gets in", "next": "Name the algorithms (RFC 8725 §3.1)."},
    "no-header": {"title": "A request without a token gets in", "next": "What is in `request.headers`?"},
}
WHY = {"proven": "Your view lets in whom it should.", "not_checked": "Whether the user still exists."}

KEY = "a-key-for-one-exercise-that-has-its-thirty-two-bytes"


def check(learner, site):
    learner.mount("whoami/", "whoami")
    make = tokens.Maker(key=KEY, at=site.clock.now, claims={"sub": "amy", "aud": "notes"})
    good = make.good()
    site.get("/whoami/", bearer=good).expect(200, json={"user": "amy"}, key="good-refused")
    for token, key in (
        (make.expired(), "expired-accepted"),
        (make.wrong_audience("admin"), "audience-ignored"),
        (make.alg_none(), "none-accepted"),
    ):
        site.get("/whoami/", bearer=token).expect(401, key=key)
    site.get("/whoami/").expect(401, key="no-header")
    site.clock.advance(minutes=6)
    site.get("/whoami/", bearer=good).expect(401, key="expired-accepted")
