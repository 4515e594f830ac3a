"""The mutants that are known to live, each with the reason: course/exercises/NN/survivors.toml.

[["02.whoami"]]
was = 'scheme.lower() != "bearer"'
became = 'scheme.lower() == "bearer"'
reason = "…"
"""

import tomllib

from authoring.exercises.source import Source
from authoring.manifest import Course, CourseError
from authoring.proofs.mutants import Mutant

FIELDS = {"was", "became", "reason"}


def listed(source: Source, course: Course) -> dict[tuple[str, str], str]:
    """The reasons by what was and what became of it, for one exercise."""
    path = course.texts / source.notebook / "survivors.toml"
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{course.name(path)}: {error}") from error
    if unknown := table.keys() - {
        f"{one.parent.name}.{one.stem}" for one in course.find_exercises([source.notebook])
    }:
        raise CourseError(f"{course.name(path)}: no exercise {', '.join(sorted(unknown))}. Remove it.")
    for entry in table.get(source.id, []):
        if entry.keys() != FIELDS or len(entry["reason"].split()) < 4:
            raise CourseError(f"{course.name(path)}: each entry of {source.id} has was, became and a reason.")
    return {(entry["was"], entry["became"]): entry["reason"] for entry in table.get(source.id, [])}


def disagreements(alive: list[Mutant], known: dict[tuple[str, str], str]) -> list[str]:
    """What the list says and the run does not, and the other way round."""
    found = {(one.was, one.became): one for one in alive}
    unlisted = [
        f"a mutant lives: {one}. Make the check see it, or list it in survivors.toml with the reason."
        for key, one in found.items()
        if key not in known
    ]
    dead = [
        f"survivors.toml lists `{was}` became `{became}`, which does not live. Remove the entry."
        for was, became in known.keys() - found.keys()
    ]
    return unlisted + dead
