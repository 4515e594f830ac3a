"""The twins, in Chromium: each attack ends on each face as expected.toml says, and honest use works on both.

And an attack that does not win on the seed is shown to be able to win somewhere: from another place, or in a
control below. The forged logout alone wins nowhere; its form is that of the forged refresh, which does.
"""

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
import requests

from jwtlab.attacks import (
    ATTACKS,
    HONEST,
    Attack,
    AttackError,
    Evidence,
    Lab,
    Matrix,
    matrix,
    run,
    scripts_in_pages,
    stolen_tokens,
)
from jwtlab.attacks import expected as expected_module
from jwtlab.attacks.expected import FACES, GUIDE, expected, misplaced, require_rows
from jwtlab.attacks.registry import attack
from jwtlab.attacks.report import EVIDENCE, NAME, Row
from jwtlab.attacks.runner import Runner, runner_of
from jwtlab.browser import Page, Person
from jwtlab.browser.session import browser_of_this_kernel
from jwtlab.cli import main
from jwtlab.site import SiteError
from tests.helpers.processes import until
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


@pytest.mark.parametrize("name", [*ATTACKS, *HONEST])
def test_evidence_is_a_short_line_that_is_the_same_on_every_machine(rows: dict[str, Row], name: str) -> None:
    for face, evidence in rows[name].evidence.items():
        said = f"{name} on {face} ends in the evidence {evidence.text!r}."
        rule = f"At most {EVIDENCE} fit in their column (EVIDENCE in jwtlab/attacks/report.py). Shorten it."
        assert len(evidence.text) <= EVIDENCE, f"{said} {len(evidence.text)} characters. {rule} {GUIDE}"
        found = re.search(r"\n|:\d{4,5}\b|eyJ|/tmp", evidence.text)
        assert not found, (
            f"{said} It holds {found[0]!r}. No line end, port, token or path: they change. {GUIDE}"
        )


# The lists


def test_every_attack_has_a_row_that_says_how_it_ends_and_why() -> None:
    require_rows(ATTACKS)  # raises what there is to do


def test_the_rows_stand_in_the_order_of_the_attacks() -> None:
    assert misplaced() == [], "\n".join([*misplaced(), GUIDE])


SOURCE = re.compile(
    r"(RFC \d{4} §[\d.]+|ASVS [\d.]+|rfc6265bis §[\d.]+|OWASP [\w ]+|OAuth for Browser-Based Apps)"
)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_says_what_it_claims_and_where_that_is_forbidden(name: str) -> None:
    where, attack = f"@attack of {name} in jwtlab/attacks", ATTACKS[name]
    assert attack.claim.endswith("."), (
        f"{where}: the claim {attack.claim!r} is no sentence. End it in a full stop. {GUIDE}"
    )
    assert SOURCE.match(attack.source), (
        f"{where}: the source {attack.source!r} does not begin with a document and its section, such as"
        f" 'RFC 9700 §4.14.2', 'ASVS 7.4.1', 'rfc6265bis §8.6'. Add another kind of document to SOURCE here."
        f" {GUIDE}"
    )


@pytest.mark.parametrize("name", [*ATTACKS, *HONEST])
def test_a_name_fits_in_its_column(name: str) -> None:
    assert len(name) <= NAME, (
        f"{name} has {len(name)} characters, and {NAME} fit in its column (NAME in jwtlab/attacks/report.py)."
        f" Give the function, or its place in `each`, a shorter name. {GUIDE}"
    )


# Controls: what loses on the seed wins where the defence is missing


@pytest.fixture(scope="module")
def rotating() -> Runner:
    """The seed with SimpleJWT's own rotation."""
    return runner_of("rotating")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab with the seed face."""
    with runner_of("seed").lab("chromium") as lab:
        yield lab


def test_a_session_goes_on_without_end_where_simplejwt_rotates(rotating: Runner) -> None:
    evidence = rotating.run(ATTACKS["session_without_end"])
    assert evidence == Evidence(True, "still refreshing after 240 hours")


def test_the_race_is_won_where_simplejwt_rotates(rotating: Runner) -> None:
    """In three rounds of four, as a rule: SimpleJWT looks whether the token is listed, and then lists it."""
    assert any(rotating.run(ATTACKS["race_of_six"]).won for _ in range(30))


def test_honest_use_can_fail(rotating: Runner) -> None:
    """The seed's cookie view throws the rotated token away, so the second refresh logs out."""
    assert not rotating.run(HONEST["has_two_tabs"], engine_or_skip("chromium")).won


def test_the_tokens_of_a_user_who_was_not_deactivated_work(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    real = lab.manage
    monkeypatch.setattr(lab, "manage", lambda python: real(python) if "create_user" in python else None)
    assert stolen_tokens.tokens_of_a_deactivated_user(lab).won


def test_a_token_in_a_cookie_without_httponly_is_read(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_or_skip("chromium")
    real = lab.logged_in_page

    def with_such_a_cookie(person: Person) -> Page:
        page = real(person)
        page.run("document.cookie = 'readable=eyJ; Path=/'")
        return page

    monkeypatch.setattr(lab, "logged_in_page", with_such_a_cookie)
    assert scripts_in_pages.script_reads_document_cookie(lab).won


def test_a_script_of_another_origin_reads_what_cors_lets_it(lab: Lab) -> None:
    engine_or_skip("chromium")
    open_to_all = urlencode({"url": lab.attacker_at("localhost") + "/loot.json"})
    page = lab.visitor().open(f"{lab.attacker_at('127.0.0.1')}/fetch/?{open_to_all}")
    assert '"read":true' in page.see('"read"').text


def test_a_lab_shows_no_loot_of_others(lab: Lab) -> None:
    assert lab.loot() == []
    requests.get(lab.attacker.url + "/loot?token")
    assert [one["query"] for one in lab.loot()] == ["token"]
    assert Lab(lab.site, lab.attacker, browser_of_this_kernel).loot() == []


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
    assert [row.attack.title for row in shown.rows] == ["replay after logout", "race of six"]
    assert shown.surprises == []


def test_one_attack_is_run_from_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attacks", "replay_after_logout"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("replay")]


# What is told before anything runs


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if an attack is run."""
    monkeypatch.setattr("jwtlab.attacks.report.runner_of", lambda face: pytest.fail("an attack was run"))


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("replay after logut", "There is no attack 'replay after logut'. Did you mean replay_after_logout"),
        ("forged_by_a_sibling", "Did you mean refresh_forged_by_a_sibling or logout_forged_by_a_sibling?"),
        ("zzz", "There is no attack 'zzz'. There are: guest_book_entry_takes_tokens, "),
    ],
)
def test_a_name_that_no_attack_has_is_told_with_those_that_are_near(
    name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["attacks", name]) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("nothing_runs")
def test_an_attack_without_a_row_is_told_what_to_write_where() -> None:
    try:

        @attack("The new one wins.", source="ASVS 7.4.1")
        def brand_new(lab: Lab) -> Evidence:
            raise AssertionError

        for go in (matrix, lambda: run(brand_new)):
            with pytest.raises(AttackError) as caught:
                go()
            assert str(caught.value) == (
                "The attack brand_new has no row in jwtlab/attacks/expected.toml. Paste this one after"
                " [login_with_an_odd_body]. Where the attack ends otherwise, say so, and add a line"
                ' why = "…".\n\n[brand_new]\nseed = "won"\nhardened = "lost"\n\n'
                'CONTRIBUTING.md, "I want to add an attack", has the rules.'
            )
    finally:
        del ATTACKS["brand_new"]


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'seed = "won"',
            'seed = "wins"',
            '[race_of_six] in {} needs the line seed = "won" or seed = "lost".',
        ),
        (
            'hardened = "lost"\n',
            "",
            '[race_of_six] in {} needs the line hardened = "won" or hardened = "lost".',
        ),
        (
            'hardened = "lost"',
            'hardened = "won"',
            "[race_of_six] in {} is not won on seed and lost on hardened, so it",
        ),
        (
            'hardened = "lost"',
            'hardened = "lost"\nwhy = "x"',
            "[race_of_six] in {} wins on seed alone, so it needs no",
        ),
        ('seed = "won"', "seed = won", "{} cannot be read: Invalid value (at line"),
    ],
)
def test_a_row_that_breaks_a_rule_is_told(
    old: str, new: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_row(monkeypatch, tmp_path, lambda row: row.replace(old, new))
    with pytest.raises(AttackError, match=re.escape(told.format("jwtlab/attacks/expected.toml"))):
        run("race_of_six")


def test_a_row_in_the_wrong_place_and_one_of_no_attack_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_row(monkeypatch, tmp_path, lambda row: "")
    text = expected_module.FILE.read_text("utf-8")
    expected_module.FILE.write_text(text + '[race_of_six]\nseed = "won"\n[gone]\nseed = "won"\n', "utf-8")
    assert misplaced() == [
        "[gone] in jwtlab/attacks/expected.toml is no attack. Take it out, or rename it.",
        "[race_of_six] in jwtlab/attacks/expected.toml belongs after [replay_after_rotation]. Rows stand in"
        " the order in which the attacks are written, and their modules imported.",
    ]


def change_row(monkeypatch: pytest.MonkeyPatch, folder: Path, change: Callable[[str], str]) -> None:
    """Have the expected matrix read from a copy in which the row of the race is changed."""
    text = expected_module.FILE.read_text("utf-8")
    row = text[text.index("[race_of_six]") : text.index("[session_without_end]")]
    (folder / "expected.toml").write_text(text.replace(row, change(row)), "utf-8")
    monkeypatch.setattr(expected_module, "FILE", folder / "expected.toml")


def test_two_attacks_of_one_name_are_told() -> None:
    with pytest.raises(AttackError, match="Two attacks are called 'race_of_six'"):
        attack("It wins.", source="ASVS 7.4.1")(stolen_tokens.race_of_six)


# What has ended is started again


def test_a_face_has_one_runner_with_one_site_whatever_the_browser() -> None:
    assert runner_of("seed") is runner_of("seed")
    assert runner_of("seed").lab("chromium").site is runner_of("seed").lab().site


@pytest.mark.parametrize("which", ["site", "attacker"])
def test_a_site_that_was_killed_is_started_again(which: str) -> None:
    runner = Runner("seed")
    dead = getattr(runner.lab(), which)
    psutil.Process(dead.pids.master).send_signal(signal.SIGKILL)
    until(lambda: not dead.is_running, "the site is gone")
    assert runner.run(ATTACKS["replay_after_logout"]).won
    assert getattr(runner.lab(), which) is not dead
    assert not dead.folder.exists()


def test_a_site_whose_folder_is_gone_is_started_again() -> None:
    runner = Runner("seed")
    shutil.rmtree(runner.lab().site.folder)
    assert runner.run(ATTACKS["replay_after_logout"]).won


def test_a_site_that_is_killed_during_an_attack_is_started_again() -> None:
    runner = Runner("seed")

    def kill(lab: Lab) -> Evidence:
        lab.sign_guest_book("to be taken out at the end")
        psutil.Process(lab.site.pids.master).send_signal(signal.SIGKILL)
        until(lambda: not lab.site.is_running, "the site is gone")
        return Evidence(lab.log_in() is None, "")

    with pytest.raises(SiteError, match="was killed by SIGKILL"):
        runner.run(Attack("kill", "", "", False, kill, {}))
    assert runner.run(ATTACKS["replay_after_logout"]).won


def test_a_browser_that_has_ended_is_started_again() -> None:
    engine = engine_or_skip("chromium")

    def kill(lab: Lab) -> Evidence:
        lab.logged_in_page(lab.visitor())
        browser = browser_of_this_kernel(engine)
        for process in psutil.Process().children(recursive=True):
            if "chrom" in process.name():
                process.kill()
        until(lambda: not browser.is_running, "the browser is gone")
        return Evidence(True, "killed")

    assert runner_of("seed").run(Attack("kill", "", "", True, kill, {}), engine).won
    assert runner_of("seed").run(HONEST["logs_in"], engine).won
