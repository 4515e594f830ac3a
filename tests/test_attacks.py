"""The twins, in Chromium: each attack ends on each face as expected.toml says, and honest use works on both.

And an attack that does not win on the seed is shown to be able to win somewhere: from another place, or in a
control below. The forged logout alone wins nowhere; its form is that of the forged refresh, which does.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests

from jwtlab.attacks import (
    ATTACKS,
    HONEST,
    Attack,
    Evidence,
    Matrix,
    Stage,
    StageError,
    matrix,
    run,
    scripts_in_pages,
    stolen_tokens,
)
from jwtlab.attacks.report import FACES, Row, expected
from jwtlab.attacks.runner import Arena, arena_of
from jwtlab.browser import Page, Person
from jwtlab.browser.session import browser_of_this_kernel
from tests.helpers.requirements import engine_or_skip

CELLS = [(name, face) for name in ATTACKS for face in FACES]


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """Everything, run once."""
    engine = engine_or_skip("chromium")
    return {row.attack.name: row for row in matrix(engine).rows}


@pytest.mark.parametrize(("name", "face"), CELLS)
def test_an_attack_ends_as_expected(rows: dict[str, Row], name: str, face: str) -> None:
    row = rows[name]
    assert row.verdict(face) == expected()[name][face], row.evidence[face].text


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", HONEST)
def test_honest_use_works(rows: dict[str, Row], name: str, face: str) -> None:
    assert rows[name].verdict(face) == "works", rows[name].evidence[face].text


def test_evidence_is_one_line_that_is_the_same_on_every_machine(rows: dict[str, Row]) -> None:
    for row in rows.values():
        for evidence in row.evidence.values():
            assert len(evidence.text) <= 46, f"{row.title}: {evidence.text}"
            assert not re.search(r"\n|:\d{4,5}\b|eyJ|/tmp", evidence.text)


# The lists


def test_the_expected_matrix_has_every_attack_and_gives_its_reasons() -> None:
    assert list(expected()) == list(ATTACKS)
    for name, ends in expected().items():
        assert {ends["seed"], ends["hardened"]} <= {"won", "lost"}
        is_twin = (ends["seed"], ends["hardened"]) == ("won", "lost")
        assert is_twin is not bool(ends.get("why")), (
            f"{name}: a reason, if and only if it is no pair of twins"
        )


def test_an_attack_says_what_it_claims_and_where_that_is_forbidden() -> None:
    named = re.compile(
        r"(RFC \d{4} §[\d.]+|ASVS [\d.]+|rfc6265bis §[\d.]+|OWASP [\w ]+|OAuth for Browser-Based Apps)"
    )
    for attack in ATTACKS.values():
        assert attack.claim.endswith(".")
        assert named.match(attack.source), attack.name


# Controls: what loses on the seed wins where the defence is missing


@pytest.fixture(scope="module")
def rotating() -> Arena:
    """The seed with SimpleJWT's own rotation."""
    return arena_of("rotating", "chromium")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage on the seed face."""
    stages = []
    attack = Attack("look", "", "", False, lambda stage: stages.append(stage) or Evidence(False, ""), {})
    arena_of("seed", "chromium").run(attack)
    yield stages[0]
    stages[0].close()


def test_a_session_goes_on_without_end_where_simplejwt_rotates(rotating: Arena) -> None:
    evidence = rotating.run(ATTACKS["session_without_end"])
    assert evidence == Evidence(True, "still refreshing after 240 hours")


def test_the_race_is_won_where_simplejwt_rotates(rotating: Arena) -> None:
    """In three rounds of four, as a rule: SimpleJWT looks whether the token is listed, and then lists it."""
    assert any(rotating.run(ATTACKS["race_of_six"]).won for _ in range(30))


def test_honest_use_can_fail(rotating: Arena) -> None:
    """The seed's cookie view throws the rotated token away, so the second refresh logs out."""
    engine_or_skip("chromium")
    assert not rotating.run(HONEST["has_two_tabs"]).won


def test_the_tokens_of_a_user_who_was_not_deactivated_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stage.manage
    monkeypatch.setattr(stage, "manage", lambda python: real(python) if "create_user" in python else None)
    assert stolen_tokens.tokens_of_a_deactivated_user(stage).won


def test_a_token_in_a_cookie_without_httponly_is_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_or_skip("chromium")
    real = stage.logged_in_page

    def with_such_a_cookie(person: Person) -> Page:
        page = real(person)
        page.run("document.cookie = 'readable=eyJ; Path=/'")
        return page

    monkeypatch.setattr(stage, "logged_in_page", with_such_a_cookie)
    assert scripts_in_pages.script_reads_document_cookie(stage).won


def test_a_script_of_another_origin_reads_what_cors_lets_it(stage: Stage) -> None:
    engine_or_skip("chromium")
    open_to_all = urlencode({"url": stage.evil_at("localhost") + "/loot.json"})
    page = stage.visitor().open(f"{stage.evil_at('127.0.0.1')}/fetch/?{open_to_all}")
    assert '"read":true' in page.see('"read"').text


def test_a_stage_shows_no_loot_of_others(stage: Stage) -> None:
    assert stage.loot() == []
    requests.get(stage.evil.url + "/loot?token")
    assert [one["query"] for one in stage.loot()] == ["token"]
    assert Stage(stage.site, stage.evil, browser_of_this_kernel).loot() == []


# How it is shown


def row(name: str, seed: bool, hardened: bool) -> Row:
    attack = (ATTACKS | HONEST)[name]
    return Row(attack, {"seed": Evidence(seed, "token 200"), "hardened": Evidence(hardened, "token 401")})


def test_the_matrix_as_text() -> None:
    shown = Matrix((row("replay_after_logout", True, False), row("logs_in", True, True)))
    assert repr(shown).splitlines() == [
        "attack                               face      ends   evidence",
        "-" * 35 + "  --------  -----  " + "-" * 46,
        "replay after logout                  seed      won    token 200",
        "                                     hardened  lost   token 401",
        "",
        "honest use                           face      ends   evidence",
        "-" * 35 + "  --------  -----  " + "-" * 46,
        "logs in                              seed      works  token 200",
        "                                     hardened  works  token 401",
    ]
    assert shown.surprises == []


def test_the_matrix_gives_the_reason_for_what_is_won_on_the_hardened_face() -> None:
    shown = repr(Matrix((row("cookie_sent_to_another_port", True, True),)))
    assert "\n\ncookie sent to another port: A cookie belongs to a host" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_the_matrix_as_html_names_claim_source_and_verdict() -> None:
    html = Matrix((row("replay_after_logout", True, False), row("logs_in", True, False)))._repr_html_()
    for text in ("replay after logout", "ASVS 7.4.1", ">won<", ">lost<", ">works<", ">fails<", "token 401"):
        assert text in html


def test_a_cell_that_changes_is_named() -> None:
    changed = Matrix((row("replay_after_logout", True, True), row("logs_in", True, False)))
    assert changed.surprises == [
        "replay after logout, on hardened: won, not lost: token 401",
        "logs in, on hardened: fails, not works: token 401",
    ]


def test_attacks_are_run_by_function_or_by_name() -> None:
    shown = run(stolen_tokens.replay_after_logout, "race of six", engine="chromium")
    assert [row.title for row in shown.rows] == ["replay after logout", "race of six"]
    assert shown.surprises == []


def test_an_attack_that_is_not_there_is_one_line() -> None:
    with pytest.raises(
        StageError, match=r"There is no attack 'steal'\. There are: guest_book_entry_takes_tokens, "
    ):
        run("steal")
