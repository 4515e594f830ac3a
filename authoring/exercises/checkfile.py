"""What a learner's machine gets of the exercises of a notebook: exercises/checks/NN.json, without solutions.

The code of a check is a text in it, with the file and the line at which it stands in course/exercises/, so
that an error in a check points at what its author edits. `jwtlab.checker.catalogue` reads these files.
"""

import json
from collections.abc import Iterable
from typing import Any

from authoring.exercises.source import Source
from jwtlab.checker.catalogue import FILE, PREDICT, Check, Exercise


def check_file(sources: Iterable[Source]) -> str:
    """Return the text of the file for the exercises of one notebook, in their order there."""
    return json.dumps({source.id: entry(source) for source in sources}, indent=1, ensure_ascii=False) + "\n"


def entry(source: Source) -> dict[str, Any]:
    """Return one exercise as it stands in the file, without its id and what it has nothing of."""
    made = exercise(source).as_json()
    return {name: value for name, value in made.items() if value and name != "id"}


def exercise(source: Source) -> Exercise:
    """Return the exercise as the checker has it."""
    meta = source.meta
    file = f"course/exercises/{source.notebook}/{source.path.name}"
    return Exercise(
        id=source.id,
        title=meta.title,
        kind=meta.kind,
        starter=starter(source),
        hints=source.hints,
        messages=messages(source),
        why={"proven": source.proven, "not_checked": source.not_checked},
        check=Check(file=file, line=source.line("check"), code=source.check),
        options=options(source) if meta.kind == PREDICT else {},
        site=meta.site or None,
        django=meta.django,
        settings=meta.settings,
        settings_module=meta.settings_module or None,
        run=meta.run or None,
        needs=meta.needs,
        project=f"{source.notebook}/{source.path.stem}" if meta.kind == FILE else None,
    )


def starter(source: Source) -> str | dict[str, str]:
    """Return the starter; of a project, the files in which there is something to write."""
    if isinstance(source.starter, str):
        return source.starter
    return {file: source.starter[file] for file in source.edited}


def messages(source: Source) -> dict[str, dict[str, str]]:
    """Return the messages; one that belongs to a single misconception says which."""
    made = {}
    for key, message in source.messages.items():
        beliefs = {wrong.misconception for wrong in source.wrong if wrong.key == key}
        belief = beliefs.pop() if len(beliefs) == 1 else None
        made[key] = {"title": message.title, "next": message.next}
        if belief:
            made[key]["misconception"] = belief
    return made


def options(source: Source) -> dict[str, dict[str, str]]:
    """Return the options of a prediction by letter; the right one has no key."""
    return {
        letter: {"text": option.text} | ({"key": option.key} if option.key else {})
        for letter, option in source.options.items()
    }
