"""What the exercises of the course must be together: enough of them, of every kind, in an order that helps.

New things come as an example, then with blanks, then as a free task (Atkinson, Renkl and Merrill, 2003, on
fading worked-out steps).
"""

from collections.abc import Iterable, Iterator

from authoring.exercises.source import STAGES, Source

PER_NOTEBOOK = 3
BREAK_THEN_FIX_FROM = "04"


def lacking(by_notebook: dict[str, list[Source]], numbers: Iterable[str]) -> list[str]:
    """What the notebooks `numbers` still lack, and what is out of order, a line each."""
    lines = [
        f"notebook {number}: {problem}"
        for number in numbers
        for problem in missing(number, by_notebook.get(number, []))
    ]
    return lines + list(out_of_order(source for sources in by_notebook.values() for source in sources))


def out_of_order(sources: Iterable[Source]) -> Iterator[str]:
    """Free exercises before which one of their concepts was in no faded one. `sources` in their order."""
    faded: set[str] = set()
    for source in sources:
        if source.meta.stage == "faded":
            faded |= set(source.meta.concepts)
        if source.meta.stage == "free" and (new := set(source.meta.concepts) - faded):
            yield f"{source.id} is free, and {', '.join(sorted(new))} was in no faded exercise before it."


def missing(number: str, sources: list[Source]) -> Iterator[str]:
    """What the exercises of one notebook still lack."""
    if len(sources) < PER_NOTEBOOK:
        yield f"{len(sources)} exercises, not {PER_NOTEBOOK}"
    for stage in STAGES:
        if not any(source.meta.stage == stage for source in sources):
            yield f"nothing {stage}"
    if not any(source.meta.kind == "predict" for source in sources):
        yield "no prediction"
    if not any(is_live(source) for source in sources):
        yield "no code on a live site"
    if number >= BREAK_THEN_FIX_FROM and not any(source.meta.break_then_fix for source in sources):
        yield "no break-then-fix"


def is_live(source: Source) -> bool:
    """Whether the learner's own code runs on, or calls, a live site."""
    return source.meta.kind != "predict" and bool(source.meta.site or source.meta.settings_module)
