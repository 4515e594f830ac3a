"""What a learner's machine gets of an exercise: exercises/checks/NN/slug.py, without the solution.

Plain Python: everything but `check` is a literal, which jwtlab/checker reads without running the file.
"""

import json

from authoring.exercises.source import Meta, Source

HEAD = '"""{id}. Built from course/exercises/{notebook}/{slug}.py by `make exercises`; do not edit."""\n'
SHORT = 30  # characters; a list of longer texts has one a line
# Which fields of the metadata the engine has use for beyond those that every exercise has; left out if unset.
FOR_THE_ENGINE = ("site", "django", "settings", "settings_module", "run", "needs")


def check_file(source: Source, lesson: str) -> str:
    """The text of the file. `lesson` is the name of the notebook that the exercise belongs to."""
    literals = {
        "EXERCISE": exercise(source, lesson),
        "STARTER": starter(source),
        "HINTS": source.hints,
        "MESSAGES": messages(source),
        "WHY": {"proven": source.proven, "not_checked": source.not_checked},
    }
    if source.meta.kind == "predict":
        literals["OPTIONS"] = options(source)
    head = HEAD.format(id=source.id, notebook=source.notebook, slug=source.path.stem)
    return "\n".join(
        [head, *(f"{name} = {literal(value)}" for name, value in literals.items()), "", source.check]
    )


def literal(value: object, indent: str = "") -> str:
    """A value as Python text: one entry a line, and a text of several lines line by line."""
    deeper = indent + "    "
    if isinstance(value, dict) and value:
        entries = [f"{literal(key)}: {literal(part, deeper)}" for key, part in value.items()]
    elif isinstance(value, list) and any(len(str(part)) > SHORT for part in value):
        entries = [literal(part, deeper) for part in value]
    elif isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    elif isinstance(value, str) and "\n" in value.rstrip("\n"):
        lines = [f"{deeper}{literal(line)}\n" for line in value.splitlines(keepends=True)]
        return f"(\n{''.join(lines)}{indent})"
    else:
        # JSON's way to write a text is one of Python's, with double quotes.
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, *(f"{deeper}{entry}," for entry in entries), f"{indent}{closing}"])


def exercise(source: Source, lesson: str) -> dict:
    meta: Meta = source.meta
    common = {
        "id": source.id,
        "title": meta.title,
        "kind": meta.kind,
        "minutes": meta.minutes,
        "stage": meta.stage,
        "concepts": meta.concepts,
        "lesson": lesson,
        "order": meta.place,
    }
    given = {name: getattr(meta, name) for name in FOR_THE_ENGINE if getattr(meta, name)}
    project = {"project": f"{source.notebook}/{source.path.stem}"} if meta.kind == "file" else {}
    return common | given | project


def starter(source: Source) -> str | dict[str, str]:
    """The starter; of a project, the files in which there is something to write."""
    if isinstance(source.starter, str):
        return source.starter
    return {file: source.starter[file] for file in source.edited}


def messages(source: Source) -> dict[str, dict[str, str]]:
    """The messages; one that belongs to a single misconception says which."""
    made = {}
    for key, message in source.messages.items():
        beliefs = {wrong.misconception for wrong in source.wrong if wrong.key == key}
        named = {"misconception": beliefs.pop()} if len(beliefs) == 1 and None not in beliefs else {}
        made[key] = {"title": message.title, "next": message.next} | named
    return made


def options(source: Source) -> dict[str, dict[str, str]]:
    return {
        letter: {"text": option.text} | ({"key": option.key} if option.key else {})
        for letter, option in source.options.items()
    }
