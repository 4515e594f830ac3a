"""Rules on what a lesson says: words, headings, pictures, links, sources."""

import re
from pathlib import Path

from authoring.lint.frame import CLOSING, OPENING
from authoring.lint.markdown_parser import Link, parse, pictures_of_html
from authoring.lint.model import Cell, Draft, Findings
from authoring.manifest import COURSE

# Words that tell a reader who does not find it so that the fault is theirs, and hype.
BANNED = re.compile(
    r"\b(just|simply|obvious|obviously|easy|easily|trivial|trivially"
    r"|amazing|awesome|blazing|powerful|seamless|seamlessly|effortless|effortlessly)\b",
    re.IGNORECASE,
)
TWIN = "In words"
ACTORS = ("client", "browser", "site", "attacker")

# A heading without a question mark must be a sentence, so it needs a verb.
VERBS = set(
    """
    accepts am answers are arrives asks becomes begins belongs breaks calls can cannot carries changes
    checks comes costs covers decides decodes did dies differs do does ends expires fails gets gives goes
    had happens has have hides holds is keeps knows lasts leaves lets lies lives loses makes may means
    moves must names needs opens passes proves reaches reads refuses rejects remembers returns runs says
    sees sends serves shows signs stands starts stays steals stops survives takes tells travels trusts
    uses verifies waits was were will wins works would writes
    """.split()
)

# RFC 2119's words in capitals state a rule; (RFC 8725 §3.1), (ASVS 9.1.1) or a link is its source.
REQUIREMENT = re.compile(r"\b(MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED)\b")
SOURCE = re.compile(
    r"\((?:[^()]|\([^()]*\))*(RFC \d{3,5}|ASVS \d|OWASP|NIST|BCP \d|§\d)(?:[^()]|\([^()]*\))*\)|\]\(https?://"
)
WELL_FORMED = re.compile(r"https://[\w-]+(\.[\w-]+)+(/|#|\?|$)")
EMPTY_LINK_TEXTS = {"here", "click here", "this", "link", "this link", "read more", "more"}


def banned_words(draft: Draft) -> Findings:
    """No word that leaves the reader out, in the text, the code or the front matter."""
    meta = draft.meta
    of_front = (meta.title, meta.summary, *meta.objectives, *meta.terms.values())
    places: list[tuple[Cell | None, str]] = [(None, text) for text in of_front]
    places += [(cell, cell.text.plain) for cell in draft.markdown]
    places += [(cell, cell.source) for cell in draft.code]
    for cell, text in places:
        for word in BANNED.findall(text):
            yield cell, f"the word {word!r}. Say what is the case, and leave the judgement to the reader."


def question_headings(draft: Draft) -> Findings:
    """A section's heading is the question it answers, or the answer; not a topic."""
    for cell in draft.markdown:
        for heading in cell.text.headings:
            title, said = heading.title, set(re.findall(r"[a-z']+", heading.plain.lower()))
            if title not in (OPENING, *CLOSING) and not title.endswith("?") and not said & VERBS:
                advice = "Make it the question that the section answers, or a sentence with one of VERBS"
                yield cell, f"the heading {title!r} is a topic. {advice} in authoring/lint/prose.py."


def alt_text(draft: Draft) -> Findings:
    """Every picture says in words what it shows."""
    for cell in draft.markdown:
        for link in cell.text.links:
            if link.is_picture and len(link.text.split()) < 3:
                yield (
                    cell,
                    f"the picture {link.target} has the alt text {link.text!r}. Say what one sees in it.",
                )
        for html in cell.text.html:
            for tag, alt in pictures_of_html(html):
                if len(alt.split()) < 3:
                    yield cell, f"`{tag}` has no alt text. Say in `alt` what one sees in it."


def diagram_twins(draft: Draft) -> Findings:
    """A Mermaid diagram is followed by the same in words."""
    for cell, following in zip(draft.cells, [*draft.cells[1:], None], strict=True):
        if cell.kind != "markdown":
            continue
        for fence in cell.text.fences:
            after = fence.after + ("\n" + following.source if following else "")
            if fence.language == "mermaid" and not re.match(rf"\s*{TWIN}\b", after):
                yield cell, f"a diagram without its twin. Add a paragraph behind it, `{TWIN}: …`."


def actor_order(draft: Draft) -> Findings:
    """In every diagram the actors stand in the same order, from left to right."""
    for cell in draft.markdown:
        for fence in cell.text.fences:
            named = re.findall(r"^\s*(?:participant|actor)\s+(.+)$", fence.content, re.MULTILINE)
            places = [place for place in map(actor_place, named) if place is not None]
            if places != sorted(places):
                yield cell, f"the actors of the diagram are out of order. Always: {', '.join(ACTORS)}."


def actor_place(name: str) -> int | None:
    """The place of an actor among ACTORS (`Attacker's site` is an attacker); None for anybody else."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    return max((place for place, actor in enumerate(ACTORS) if actor in words), default=None)


def links(draft: Draft) -> Findings:
    """Links that lead somewhere and say where."""
    for cell in draft.markdown:
        for link in cell.text.links:
            if problem := link_problem(draft.path, link):
                yield cell, f"the link [{link.text}]({link.target}): {problem}"
        for text in cell.text.loose:
            if "](" in text:
                yield (
                    cell,
                    f"{text.strip()!r} is no link: it has a space in its address. Give the address alone.",
                )
            for url in re.findall(r"https?://[^\s)>\]]+", text):
                if not is_loopback(url):
                    yield cell, f"the bare address {url}. Write `[what it is]({url})`."


def link_problem(lesson: Path, link: Link) -> str:
    """What is wrong with one link in `lesson`, or nothing."""
    target = link.target
    if not link.is_picture and link.text.strip().lower() in {"", *EMPTY_LINK_TEXTS}:
        return "say in its text where it leads."
    if link.title:
        return "it has a title behind its address; give the address alone."
    if target.startswith("https://"):
        return "" if WELL_FORMED.match(target) else "the address is not well-formed."
    if target.startswith("http://"):
        return "" if is_loopback(target) else "use https."
    if re.match(r"[a-z]+:", target):
        return "only https addresses and files of notebooks/."
    return file_problem(lesson, target)


def file_problem(lesson: Path, target: str) -> str:
    """What is wrong with a link to a file beside the notebook, or to a heading in this one."""
    path = target.partition("#")[0]
    notebooks = {f"{text.stem}.ipynb" for text in lesson.parent.glob("*.md")}
    made = not path or path in {"START.md", "GLOSSARY.md", *notebooks}
    if made or (COURSE.notebooks / path).is_file():
        return ""
    return "there is no such file in notebooks/."


def is_loopback(url: str) -> bool:
    return bool(re.match(r"http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", url))


def sources(draft: Draft) -> Findings:
    """Where the text says MUST or SHOULD, the same paragraph names its source in brackets."""
    for cell in draft.markdown:
        for paragraph in cell.text.blocks:
            rule = REQUIREMENT.search(parse(paragraph).plain)
            if rule and not SOURCE.search(paragraph):
                yield cell, f"{rule.group()} without a source. Put it in brackets: (RFC 8725 §3.1)."


RULES = (banned_words, question_headings, alt_text, diagram_twins, actor_order, links, sources)
