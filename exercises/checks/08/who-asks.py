"""08.who-asks. Built from course/exercises/08/who-asks.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "08.who-asks",
    "title": "Five guesses, whatever the header says",
    "kind": "code",
    "minutes": 15,
    "stage": "free",
    "concepts": ["forwarded header", "reverse proxy"],
    "lesson": "08_nginx_in_front",
    "order": 3,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from rest_framework.response import Response\n"
    "from rest_framework.throttling import AnonRateThrottle\n"
    "from rest_framework.views import APIView\n"
    "\n"
    "PROXIES = {\"127.0.0.1\", \"10.0.0.5\"}\n"
    "\n"
    "\n"
    "def asks(peer, forwarded):\n"
    "    ...\n"
    "\n"
    "\n"
    "class FiveAMinute(AnonRateThrottle):\n"
    "    rate = \"5/min\"\n"
    "\n"
    "    def get_ident(self, request):\n"
    "        return asks(request.META[\"REMOTE_ADDR\"], request.headers.get(\"X-Forwarded-For\"))\n"
    "\n"
    "\n"
    "class GuessView(APIView):\n"
    "    authentication_classes = []\n"
    "    permission_classes = []\n"
    "    throttle_classes = [FiveAMinute]\n"
    "\n"
    "    def post(self, request):\n"
    "        return Response({\"detail\": \"wrong password\"}, status=401)\n"
)
HINTS = [
    "Who wrote which address? The last was written by who called the application, if that is a proxy of yours. Ask the same of the one before.",
    "Put `peer` and the addresses into one list and walk from the nearest to the farthest. Stop at the first that is not in `PROXIES`.",
    "`for address in reversed([...]):`, and in it a comparison with `PROXIES`.",
]
MESSAGES = {
    "guesses-go-on": {
        "title": "The attacker guesses as often as they like",
        "next": "Each request begins the header with another address, and the proxy appends the true one. Notebook 08, *Whose address does a throttle count?*",
    },
    "one-count-for-all": {
        "title": "A visitor is refused for what another one did",
        "next": "All requests that pass a proxy come from one peer. Notebook 08, *Whose address does a throttle count?*",
        "misconception": "throttles-see-the-client",
    },
    "no-header": {
        "title": "A caller without the header is not counted by their address",
        "next": "The monitor passes no proxy, so nobody appends anything. Notebook 08, *Whose address does a throttle count?*",
    },
    "proxy-counted": {
        "title": "A proxy is counted in place of the one who asked",
        "next": "With two of your proxies in the row, both have to be passed over. Mind the spaces. Notebook 08, *Whose address does a throttle count?*",
    },
    "stranger-believed": {
        "title": "A stranger calls the application and is believed",
        "next": "This peer is none of your proxies, so the client itself wrote the whole header. RFC 7239 §8.1, and notebook 08, *Who says that it was https?*",
        "misconception": "proxy-headers-are-facts",
    },
    "neighbour-taken-for-proxy": {
        "title": "An address that begins like your proxy's is taken for your proxy",
        "next": "Addresses are compared whole. RFC 7239 §8.1, and notebook 08, *Whose address does a throttle count?*",
    },
}
WHY = {
    "proven": "Five of ten guesses were tried, whatever the header began with. Another visitor was not held up. With one proxy, two or none, the one who asked was found.",
    "not_checked": "An attacker with many addresses, who gets five guesses from each. Count by name as well, as in notebook 07.",
}

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
