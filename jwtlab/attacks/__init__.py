"""The twins: each claim on security as one attack, run unchanged against both faces of the demo site.

    from jwtlab.attacks import run, stolen_tokens

    run(stolen_tokens.replay_after_logout)  # or by its name: run("replay after logout")

It must win on `seed` and lose on `hardened`, and honest use must work on both. Where it is otherwise,
`expected.toml` says why. `python -m jwtlab attacks` prints all of it.

record             what an attack is, and the list of them
stage              what an attack is given: the sites, people at browsers, programs that log in
scripts_in_pages   a script of the attacker's runs in the page
stolen_tokens      the attacker has a copy of a token
other_pages        the victim opens a page of the attacker's
guesses            the attacker has nothing yet
honest             what must go on working
arena              the sites and the browser in which attacks are run
matrix             run them, show who won, and hold it against what is expected
"""

# In the order of the matrix.
# isort: off
from jwtlab.attacks import scripts_in_pages, stolen_tokens, other_pages, guesses, honest
# isort: on

from jwtlab.attacks.actors import Client, Stage, StageError
from jwtlab.attacks.registry import ATTACKS, HONEST, Attack, Evidence
from jwtlab.attacks.report import Matrix, matrix, run

__all__ = [
    "ATTACKS",
    "HONEST",
    "Attack",
    "Client",
    "Evidence",
    "Matrix",
    "Stage",
    "StageError",
    "guesses",
    "honest",
    "matrix",
    "other_pages",
    "run",
    "scripts_in_pages",
    "stolen_tokens",
]
