"""Rules on what a lesson says: words, headings, pictures, links, sources."""

import re
from pathlib import Path

from authoring.files import COURSE
from authoring.lint.draft import AUTOLINK, CODE_SPAN, FENCE, LINK, Draft, Findings
from authoring.lint.frame import CLOSING, OPENING

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
    places = [(None, text) for text in (meta.title, meta.summary, *meta.objectives, *meta.terms.values())]
    places += [(cell, CODE_SPAN.sub(" ", cell.prose)) for cell in draft.markdown]
    places += [(cell, cell.source) for cell in draft.code]
    for cell, text in places:
        for word in BANNED.findall(text):
            yield cell, f"the word {word!r}. Say what is the case, and leave the judgement to the reader."


def question_headings(draft: Draft) -> Findings:
    """A section's heading is the question it answers, or the answer; not a topic."""
    for cell in draft.markdown:
        for _, title in cell.headings:
            said = set(re.findall(r"[a-z']+", CODE_SPAN.sub(" ", title).lower()))
            if title not in (OPENING, *CLOSING) and not title.endswith("?") and not said & VERBS:
                advice = "Make it the question that the section answers, or a sentence with one of VERBS"
                yield cell, f"the heading {title!r} is a topic. {advice} in authoring/lint/prose.py."


def alt_text(draft: Draft) -> Findings:
    """Every picture says in words what it shows."""
    for cell in draft.markdown:
        text = CODE_SPAN.sub(" ", FENCE.sub(" ", cell.source))
        for mark, alt, target, _ in LINK.findall(text):
            if mark and len(alt.split()) < 3:
                yield cell, f"the picture {target} has the alt text {alt!r}. Say what one sees in it."
        for tag in re.findall(r"<img\b[^>]*>", text, re.IGNORECASE):
            if not re.search(r"\balt=(['\"])(\S+\s+){2,}.*?\1", tag):
                yield cell, f"`{tag}` has no alt text. Say in `alt` what one sees in it."


def diagram_twins(draft: Draft) -> Findings:
    """A Mermaid diagram is followed by the same in words."""
    for cell, following in zip(draft.cells, [*draft.cells[1:], None], strict=True):
        if cell.kind != "markdown":
            continue
        for fence in FENCE.finditer(cell.source):
            after = cell.source[fence.end() :] + ("\n" + following.source if following else "")
            if fence.group(2).strip() == "mermaid" and not re.match(rf"\s*{TWIN}\b", after):
                yield cell, f"a diagram without its twin. Add a paragraph behind it, `{TWIN}: …`."


def actor_order(draft: Draft) -> Findings:
    """In every diagram the actors stand in the same order, from left to right."""
    for cell in draft.markdown:
        for fence in FENCE.finditer(cell.source):
            named = re.findall(r"^\s*(?:participant|actor)\s+(.+)$", fence.group(3), re.MULTILINE)
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
        text = CODE_SPAN.sub(" ", FENCE.sub(" ", cell.source))
        for mark, label, target, title in LINK.findall(text):
            if problem := link_problem(draft.path, label, target, picture=bool(mark), title=title):
                yield cell, f"the link [{label}]({target}): {problem}"
        for url in re.findall(r"https?://[^\s)>\]]+", AUTOLINK.sub(" ", LINK.sub(" ", text))):
            if not is_loopback(url):
                yield cell, f"the bare address {url}. Write `[what it is]({url})`."


def link_problem(lesson: Path, label: str, target: str, *, picture: bool, title: str) -> str:
    """What is wrong with one link in `lesson`, or nothing."""
    if not picture and label.strip().lower() in {"", *EMPTY_LINK_TEXTS}:
        return "say in its text where it leads."
    if title:
        return "it has a space in its address or a title behind it; give the address alone."
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
        for paragraph in re.split(r"\n\s*\n|\n(?=\s*[-*|\d])", FENCE.sub("", cell.source)):
            rule = REQUIREMENT.search(CODE_SPAN.sub(" ", paragraph))
            if rule and not SOURCE.search(paragraph):
                yield cell, f"{rule.group()} without a source. Put it in brackets: (RFC 8725 §3.1)."


RULES = (banned_words, question_headings, alt_text, diagram_twins, actor_order, links, sources)
