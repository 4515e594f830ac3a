"""What a learner's machine gets of an exercise: exercises/checks/NN/slug.py, without the solution.

Plain Python: everything but `check` is a literal, which jwtlab/check reads without running the file.
"""

from pprint import pformat

from authoring.practice.source import Meta, Source

HEAD = '"""{id}. Built from authoring/exercises/{notebook}/{slug}.py by `make exercises`; do not edit."""\n'
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


def literal(value: object) -> str:
    return pformat(value, width=100, sort_dicts=False)


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
