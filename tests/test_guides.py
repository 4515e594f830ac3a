"""The guides of authors name what is there: files, targets of make, and commands."""

import re

import pytest

from authoring.__main__ import parser
from authoring.lint.markdown_parser import parse
from authoring.manifest import ROOT
from jwtlab.attacks.expected import GUIDE
from jwtlab.attacks.report import EVIDENCE, NAME

GUIDES = ("CONTRIBUTING.md", "course/README.md", "course/exercises/README.md")
CODE = re.compile(r"`([^`\n]+)`")
MADE_UP = re.compile(r"NN|LANG|slug|[*…$(]|translations|who-asks|front matter")
# Beginnings from which the guides name files, each with the folders in which they may lie.
FOLDERS = (
    "",
    "authoring",
    "authoring/lint",
    "authoring/proofs",
    "course",
    "course/exercises",
    "course/exercises/01",
    "demo_site",
    "jwtlab/attacks",
    "jwtlab/checker/api",
    "notebooks",
)
PATH = re.compile(r"[\w./-]+\.(py|md|toml|ipynb|txt|png)|[\w.-]+/[\w./-]*")


def pieces(guide: str) -> list[str]:
    """What stands in backticks, and the lines of blocks of code."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    parsed = parse(text)
    lines = [line for fence in parsed.fences for line in fence.content.splitlines()]
    return [*CODE.findall(parsed.outside_code), *lines]


@pytest.mark.parametrize("guide", GUIDES)
def test_a_file_that_a_guide_names_is_there(guide: str) -> None:
    named = [piece for piece in pieces(guide) if PATH.fullmatch(piece) and not MADE_UP.search(piece)]
    assert named
    missing = [name for name in named if not any((ROOT / folder / name).exists() for folder in FOLDERS)]
    ignored = {"work/", "text/plain"}  # made by `make lab`; a type of output
    assert [name for name in missing if name not in ignored and not name.startswith("work/")] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_a_target_that_a_guide_names_is_there(guide: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {found for piece in pieces(guide) for found in re.findall(r"\bmake ([a-z-]+)", piece)}
    assert named
    assert named <= targets


@pytest.mark.parametrize("guide", GUIDES)
def test_a_command_that_a_guide_names_can_be_given(guide: str) -> None:
    for piece in pieces(guide):
        if found := re.match(r"python -m authoring ([\w-]+)((?: [\w./-]+)*)", piece):
            options = parser().parse_args([found[1], *found[2].replace("--show", "").split()])
            assert options.command


def test_the_guide_that_attacks_name_has_their_rules() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert GUIDE.startswith('CONTRIBUTING.md, "I want to add an attack"')
    section = text.partition("### … add an attack\n")[2].partition("\n### ")[0]
    assert all(f"| {of} |" in section for of in ("order", "name", "claim", "source", "evidence", "reason"))


def test_the_numbers_in_the_guide_are_those_that_are_held() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"at most {NAME} characters" in text
    assert f"at most {EVIDENCE} characters" in text
