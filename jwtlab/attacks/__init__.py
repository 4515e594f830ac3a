"""The twins: each claim on security as one attack, run unchanged against both faces of the demo site.

    from jwtlab.attacks import run, stolen_tokens

    run(stolen_tokens.replay_after_logout)  # or by its name: run("replay after logout")

It must win on `seed` and lose on `hardened`, and honest use must work on both. Where it is otherwise,
`expected.toml` says why. `python -m jwtlab attacks` prints all of it, `python -m jwtlab attacks NAME…` some.

registry           what an attack is, and the list of them
actors             what an attack is given: a lab of two sites, people at browsers, programs that log in
scripts_in_pages   a script of the attacker's runs in the page
stolen_tokens      the attacker has a copy of a token
other_pages        the victim opens a page of the attacker's
login              the attacker has nothing yet, but the login
honest             what must go on working
runner             runs an attack, on sites that are started once
expected           how each is to end
report             run them, show who won, and hold that against what is expected

To add an attack, write a function of a `Lab` that returns `Evidence`, under `@attack`, beside its like. Its
claim is a sentence. Its source names the document that forbids what it does: RFC 9700 §4.14.2, ASVS 7.4.1.
Its name has at most 35 characters, and its evidence is a line of at most 46, the same on every machine: no
ports, no tokens, no paths. It has a row in `expected.toml`. tests/test_attacks.py holds it to these rules.
"""

# In the order of the matrix.
# isort: off
from jwtlab.attacks import scripts_in_pages, stolen_tokens, other_pages, login, honest
# isort: on

from jwtlab.attacks.actors import Client, Lab
from jwtlab.attacks.registry import ATTACKS, HONEST, Attack, AttackError, Evidence
from jwtlab.attacks.report import Matrix, matrix, run

__all__ = [
    "ATTACKS",
    "HONEST",
    "Attack",
    "AttackError",
    "Client",
    "Evidence",
    "Lab",
    "Matrix",
    "honest",
    "login",
    "matrix",
    "other_pages",
    "run",
    "scripts_in_pages",
    "stolen_tokens",
]
