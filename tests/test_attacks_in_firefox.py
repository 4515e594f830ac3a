"""What is said about browsers holds in Firefox too: the attacks that need one end there in the same way."""

import pytest

from jwtlab.attacks import ATTACKS, HONEST, run
from jwtlab.attacks.expected import FACES, expected
from jwtlab.attacks.report import Row
from tests.helpers.requirements import engine_or_skip

# And the one honest use for which the page relies on what browsers do between tabs.
NEEDING_A_BROWSER = [attack.name for attack in ATTACKS.values() if attack.in_browser] + ["has_two_tabs"]


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    engine = engine_or_skip("firefox")
    return {row.attack.name: row for row in run(*NEEDING_A_BROWSER, engine=engine).rows}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", NEEDING_A_BROWSER)
def test_it_ends_as_expected(rows: dict[str, Row], name: str, face: str) -> None:
    ends = "works" if name in HONEST else expected()[name][face]
    assert rows[name].verdict(face) == ends, rows[name].evidence[face].text
