"""Rules on how long things are: the whole, its text cells, its code cells."""

import statistics

from authoring.lint.model import Cell, Draft, Findings

WORDS = 1500
TEXT_MEDIAN, TEXT_MOST = 40, 120  # words of a text cell
CODE_MEDIAN, CODE_MOST = 5, 15  # lines of a code cell that are not blank
EXCEPTIONS = 0.1  # the part of the cells that may be longer than `most`


def words(draft: Draft) -> Findings:
    """At most 1,500 words of text, the frame included; code and its output do not count."""
    total = sum(cell.words for cell in [draft.frame, *draft.markdown])
    if total > WORDS:
        yield None, f"{total} words, the limit is {WORDS:,}. Cut {total - WORDS}, or move a section."


def text_lengths(draft: Draft) -> Findings:
    """Half of the text cells have at most 40 words, nine in ten at most 120."""
    sizes = [(cell, cell.words) for cell in draft.markdown]
    yield from lengths(sizes, TEXT_MEDIAN, TEXT_MOST, "words in a text cell", "Split it with `+++`.")


def code_lengths(draft: Draft) -> Findings:
    """Half of the code cells have at most 5 lines, nine in ten at most 15."""
    if not draft.code:
        yield None, "no code cell. A lesson is made of experiments."
    sizes = [(cell, cell.lines) for cell in draft.code]
    yield from lengths(sizes, CODE_MEDIAN, CODE_MOST, "lines in a code cell", "Split it.")


def lengths(sizes: list[tuple[Cell, int]], median: int, most: int, unit: str, cure: str) -> Findings:
    """What is too long where half of `sizes` may reach `median`, and nine in ten `most`."""
    middle = statistics.median(size for _, size in sizes) if sizes else 0
    if middle > median:
        longest = sorted(sizes, key=lambda sized: -sized[1])[:3]
        where = ", ".join(cell.name for cell, _ in longest)
        yield None, f"{middle:g} {unit} is the median, the limit is {median}. The longest: {where}."
    too_long = [(cell, size) for cell, size in sizes if size > most]
    if len(too_long) > EXCEPTIONS * len(sizes):
        for cell, size in too_long:
            yield cell, f"{size} {unit}; one in ten may have more than {most}. {cure}"


RULES = (words, text_lengths, code_lengths)
