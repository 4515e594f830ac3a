"""What the exercises of the course must be together: enough of them, of every kind, in an order that helps.

New things come as an example, then with blanks, then as a free task (Atkinson, Renkl and Merrill, 2003, on
fading worked-out steps).
"""

from collections.abc import Iterable, Iterator

from authoring.exercises.source import STAGES, Source

PER_NOTEBOOK = 3
BREAK_THEN_FIX_FROM = "04"


def out_of_order(sources: Iterable[Source]) -> Iterator[tuple[Source, str]]:
    """Free exercises before which one of their concepts was in no faded one. `sources` in their order."""
    faded: set[str] = set()
    for source in sources:
        if source.meta.stage == "faded":
            faded |= set(source.meta.concepts)
        if source.meta.stage == "free" and (new := set(source.meta.concepts) - faded):
            which = ", ".join(sorted(new))
            advice = "Make it faded, or train that in a faded one before."
            yield source, f"{source.id} is free, and {which} was in no faded exercise before it. {advice}"


def missing(number: str, sources: list[Source]) -> Iterator[str]:
    """What the exercises of one notebook still lack."""
    if len(sources) < PER_NOTEBOOK:
        yield f"notebook {number} has {len(sources)} exercises, not {PER_NOTEBOOK}. Write another."
    for stage in STAGES:
        if not any(source.meta.stage == stage for source in sources):
            yield f"notebook {number} has no {stage} exercise (`stage: {stage}`). Write one."
    if not any(source.meta.kind == "predict" for source in sources):
        yield f"notebook {number} has no prediction (`kind: predict`). Write one."
    if not any(is_live(source) for source in sources):
        yield f"notebook {number} has no code on a live site. Write one (`site: seed`)."
    if number >= BREAK_THEN_FIX_FROM and not any(source.meta.break_then_fix for source in sources):
        yield f"notebook {number} has no exercise with `break_then_fix: true`. Write one."


def is_live(source: Source) -> bool:
    """Whether the learner's own code runs on, or calls, a live site."""
    return source.meta.kind != "predict" and bool(source.meta.site or source.meta.settings_module)
