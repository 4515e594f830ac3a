"""Rules on the frame of a lesson: metadata, order of sections, the three questions, the predictions."""

import re

from authoring.lint.model import Cell, Draft, Findings

MINUTES = range(30, 46)
NEW_TERMS = 5
OBJECTIVES = range(2, 7)
MINUTES_PER_CHECK = 10
OPENING = "Three questions first"
CLOSING = ("Where this goes wrong in production", "Key points", "Further reading")
PREDICT = "**Predict.**"

# Verbs of something one can watch a learner do; "understand" and "know" are not.
OBSERVABLE = set(
    """
    add answer attack break build call change check choose close compare compute configure count crack
    create decode defend derive detect diagnose distinguish draw exchange explain expose find fix forge
    generate give handle harden hash inspect install isolate issue keep label leak limit list locate log
    make mark match measure migrate move name obtain open parse pick place predict protect prove put read
    rebuild recognise recover refresh refuse reject repair replace replay reproduce restore revoke rotate
    run say send separate serve set show sign sort spot start state steal stop store take tell test time
    trace turn verify watch write
    """.split()
)


def minutes(draft: Draft) -> Findings:
    """A notebook is one sitting."""
    if draft.meta.minutes not in MINUTES:
        yield None, f"{draft.meta.minutes} minutes. Plan {MINUTES[0]} to {MINUTES[-1]}; split or merge."


def objectives(draft: Draft) -> Findings:
    """What the reader can do at the end, each beginning with a verb one can observe."""
    if len(draft.meta.objectives) not in OBJECTIVES:
        yield None, f"{len(draft.meta.objectives)} objectives. Give {OBJECTIVES[0]} to {OBJECTIVES[-1]}."
    for objective in draft.meta.objectives:
        verb = objective.partition(" ")[0].rstrip(",").lower()
        if verb not in OBSERVABLE:
            advice = "Begin with a verb that one can observe, one of OBSERVABLE in authoring/lint/frame.py."
            yield None, f"the objective {objective!r} begins with {verb!r}. {advice}"


def new_terms(draft: Draft) -> Findings:
    """At most five new terms, each of one or two sentences, and each used in the lesson."""
    if len(draft.meta.terms) > NEW_TERMS:
        yield (
            None,
            f"{len(draft.meta.terms)} new terms, the limit is {NEW_TERMS}. Move one to another lesson.",
        )
    text = "\n".join(cell.source for cell in draft.cells).lower()
    for term, definition in draft.meta.terms.items():
        if term.lower() not in text:
            yield None, f"the term {term!r} is defined, but never used in the text. Use it or drop it."
        if not definition.endswith("."):
            yield None, f"the definition of {term!r} is no sentence. End it with a full stop."
        if len(re.findall(r"[.!?](?=\s+[A-Z])", definition)) > 1:
            yield None, f"the definition of {term!r} is longer than two sentences. Shorten it."


def section_order(draft: Draft) -> Findings:
    """The same frame in every notebook; its title is made from the front matter."""
    titles = [section.title for section in draft.sections]
    if titles[:1] != [OPENING]:
        yield None, f"the text must open with `## {OPENING}`."
    if tuple(titles[-len(CLOSING) :]) != CLOSING:
        yield None, "the text must close with " + ", ".join(f"`## {title}`" for title in CLOSING) + "."
    for cell in draft.markdown:
        if any(level == 1 for level, _ in cell.headings):
            yield cell, "a first-level heading. The frame holds the only one; use `##`."
    for section in draft.sections:
        if not "".join(cell.text.prose for cell in section.cells).replace(section.title, "", 1).strip():
            yield section.cells[0], f"the section {section.title!r} is empty. Fill it."


def headings_first(draft: Draft) -> Findings:
    """A heading is the first line of its cell; JupyterLab can fold a section only then."""
    for cell in draft.markdown:
        if cell.headings and (len(cell.headings) > 1 or not cell.source.startswith("#")):
            yield cell, f"the heading {cell.headings[-1][1]!r} stands inside its cell. Put `+++` before it."


def three_questions(draft: Draft) -> Findings:
    """Three retrieval questions, each with an answer that stays closed until the reader opens it."""
    opening = next((section for section in draft.sections if section.title == OPENING), None)
    if opening is None:
        return
    answers = [html for cell in opening.cells for html in cell.text.html if "<details>" in html]
    if len(answers) != 3:
        advice = "Ask three questions, each with its `<details><summary>Answer</summary> … </details>`."
        yield opening.cells[0], f"{len(answers)} answers. {advice}"
    for answer in answers:
        if answer.partition("</summary>")[
            2
        ].strip():  # it belongs to the block of the tag, so it is no Markdown
            yield opening.cells[0], "an answer without a blank line above it, so its Markdown is not shown."


def predictions(draft: Draft) -> Findings:
    """A check at least every ten planned minutes: a question answered before the cell that settles it."""
    needed = -(-draft.meta.minutes // MINUTES_PER_CHECK)
    found = sum(cell.source.count(PREDICT) for cell in draft.markdown)
    if found < needed:
        yield None, f"{found} cells with {PREDICT} in {draft.meta.minutes} minutes. Have at least {needed}."
    share = MINUTES_PER_CHECK / draft.meta.minutes
    yield from long_stretches(draft, limit=max(1, round(share * len(draft.code))))


def long_stretches(draft: Draft, limit: int) -> Findings:
    """Where more than `limit` code cells, about ten minutes, follow each other without a prediction."""
    stretch: list[Cell] = []
    for cell in [*draft.cells, None]:
        if cell is not None and PREDICT not in cell.source:
            stretch += [cell] if cell.kind == "code" else []
            continue
        # The cell that follows a prediction settles it; the stretch begins after it.
        if len(stretch) > limit + 1:
            advice = f"Put a {PREDICT} before one; {MINUTES_PER_CHECK} minutes are about {limit} cells."
            yield stretch[limit], f"{len(stretch)} code cells without a prediction. {advice}"
        stretch = []


def prediction_placement(draft: Draft) -> Findings:
    """A prediction asks a question, and the next cell is the code that settles it."""
    for cell, following in zip(draft.cells, [*draft.cells[1:], None], strict=True):
        if cell.kind != "markdown" or PREDICT not in cell.source:
            continue
        question = cell.text.outside_code.split(PREDICT)[-1]
        if "?" not in question:
            yield cell, f"{PREDICT} asks nothing. Ask what the next cell answers, and offer answers."
        if following is None or following.kind != "code":
            yield cell, f"{PREDICT} does not stand directly before a code cell. Move it there."


RULES = (
    minutes,
    objectives,
    new_terms,
    section_order,
    headings_first,
    three_questions,
    predictions,
    prediction_placement,
)
