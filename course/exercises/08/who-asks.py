# %% exercise [markdown]
# title: Five guesses, whatever the header says
# stage: free
# minutes: 15
# concepts: [forwarded header, reverse proxy]
# security: true
# break_then_fix: true
# site: seed
# django: true
#
# Each of your `PROXIES` appends to `X-Forwarded-For` the address that called it. Some requests pass one of them, some two, and
# a monitor calls the application itself. So no number of proxies is right for all.
#
# First break it: let `asks(peer, forwarded)` return the first address of the header, as many tutorials do, and read what an
# attacker makes of it.
#
# Then fix it: return who asks. The addresses of the header, and then `peer`, are the row in which a request was passed on. Who
# asks is the last in the row that is none of your proxies; where there is none, `peer`.
#
# `peer` is the address that called the application, `forwarded` the header, or `None`.

# %% solution
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

PROXIES = {"127.0.0.1", "10.0.0.5"}


def asks(peer, forwarded):
    # << ...
    row = [peer]
    if forwarded:
        row += reversed(forwarded.split(","))
    for address in row:
        if address.strip() not in PROXIES:
            return address.strip()
    return peer
    # >>


class FiveAMinute(AnonRateThrottle):
    rate = "5/min"

    def get_ident(self, request):
        return asks(request.META["REMOTE_ADDR"], request.headers.get("X-Forwarded-For"))


class GuessView(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = [FiveAMinute]

    def post(self, request):
        return Response({"detail": "wrong password"}, status=401)


# %% also_right: from-the-end [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + row = [address.strip() for address in f"{forwarded or ''},{peer}".split(",") if address.strip()]
# + others = [address for address in row if address not in PROXIES]
# + return others[-1] if others else peer

# %% wrong: the-first -> guesses-go-on | misconception: proxy-headers-are-facts [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + return forwarded.split(",")[0].strip() if forwarded else peer

# %% wrong: the-whole-header -> guesses-go-on | misconception: proxy-headers-are-facts [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + return forwarded or peer

# %% wrong: from-the-left -> guesses-go-on | misconception: proxy-headers-are-facts [markdown]
# - reversed(forwarded.split(","))
# + forwarded.split(",")

# %% wrong: always-two-proxies -> guesses-go-on | slip [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + row = (forwarded or peer).split(",")
# + return row[-min(2, len(row))].strip()

# %% wrong: the-connection -> one-count-for-all | misconception: throttles-see-the-client [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + return peer

# %% wrong: always-one-proxy -> proxy-counted | slip [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# - for address in row:
# -     if address.strip() not in PROXIES:
# -         return address.strip()
# - return peer
# + return forwarded.split(",")[-1].strip() if peer in PROXIES and forwarded else peer

# %% wrong: with-its-space -> proxy-counted | slip [markdown]
# - if address.strip() not in PROXIES:
# -     return address.strip()
# + if address not in PROXIES:
# +     return address

# %% wrong: whoever-calls -> stranger-believed | misconception: proxy-headers-are-facts [markdown]
# - row = [peer]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# + row = reversed(forwarded.split(",")) if forwarded else [peer]

# %% wrong: all-of-that-network -> neighbour-taken-for-proxy | slip [markdown]
# - address.strip() not in PROXIES
# + not address.strip().startswith(tuple(PROXIES))

# %% wrong: always-a-header -> no-header | slip [markdown]
# - if forwarded:
# -     row += reversed(forwarded.split(","))
# + row += reversed(forwarded.split(","))


# %% check
def check(learner, site):
    learner.mount("guess/", "GuessView")
    headers = [{"X-Forwarded-For": f"10.1.1.{number}, 203.0.113.7"} for number in range(10)]
    answers = [site.post("/guess/", headers=lie) for lie in headers]
    if any(answer.status != 429 for answer in answers[5:]):
        tried = [answer.status for answer in answers].count(401)
        answers[-1].fail(
            "guesses-go-on",
            wanted="5 of 10 guesses tried",
            saw=f"{tried} of 10, each with another lie, were tried",
        )
    site.post("/guess/", headers={"X-Forwarded-For": "203.0.113.8"}).expect(401, key="one-count-for-all")

    def is_asked_by(address, peer, forwarded, key):
        learner.call("asks", peer, forwarded).expect(address, key=key, crash=key)

    is_asked_by("192.0.2.9", "192.0.2.9", None, "no-header")
    is_asked_by("127.0.0.1", "127.0.0.1", None, "no-header")
    is_asked_by("203.0.113.7", "127.0.0.1", "203.0.113.7", "proxy-counted")
    for row in ("203.0.113.7, 10.0.0.5", "10.1.1.1, 203.0.113.7,10.0.0.5", "10.0.0.5, 203.0.113.7, 10.0.0.5"):
        is_asked_by("203.0.113.7", "127.0.0.1", row, "proxy-counted")
    is_asked_by("192.0.2.9", "192.0.2.9", "203.0.113.7", "stranger-believed")
    is_asked_by("192.0.2.9", "192.0.2.9", "203.0.113.7, 10.0.0.5", "stranger-believed")
    is_asked_by("10.0.0.50", "127.0.0.1", "203.0.113.7, 10.0.0.50", "neighbour-taken-for-proxy")


# %% message: guesses-go-on [markdown]
# The attacker guesses as often as they like
#
# Each request begins the header with another address, and the proxy appends the true one. Notebook 08, *Whose address does a
# throttle count?*

# %% message: one-count-for-all [markdown]
# A visitor is refused for what another one did
#
# All requests that pass a proxy come from one peer. Notebook 08, *Whose address does a throttle count?*

# %% message: no-header [markdown]
# A caller without the header is not counted by their address
#
# The monitor passes no proxy, so nobody appends anything. Notebook 08, *Whose address does a throttle count?*

# %% message: proxy-counted [markdown]
# A proxy is counted in place of the one who asked
#
# With two of your proxies in the row, both have to be passed over. Mind the spaces. Notebook 08, *Whose address does a throttle
# count?*

# %% message: stranger-believed [markdown]
# A stranger calls the application and is believed
#
# This peer is none of your proxies, so the client itself wrote the whole header. RFC 7239 §8.1, and notebook 08, *Who says
# that it was https?*

# %% message: neighbour-taken-for-proxy [markdown]
# An address that begins like your proxy's is taken for your proxy
#
# Addresses are compared whole. RFC 7239 §8.1, and notebook 08, *Whose address does a throttle count?*

# %% hint 1 [markdown]
# Who wrote which address? The last was written by who called the application, if that is a proxy of yours. Ask the same of
# the one before.

# %% hint 2 [markdown]
# Put `peer` and the addresses into one list and walk from the nearest to the farthest. Stop at the first that is not in
# `PROXIES`.

# %% hint 3 [markdown]
# `for address in reversed([...]):`, and in it a comparison with `PROXIES`.

# %% proven [markdown]
# Five of ten guesses were tried, whatever the header began with. Another visitor was not held up. With one proxy, two or
# none, the one who asked was found.

# %% not checked [markdown]
# An attacker with many addresses, who gets five guesses from each. Count by name as well, as in notebook 07.
