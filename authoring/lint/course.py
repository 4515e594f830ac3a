"""Rules on all lessons together: numbers, needs, terms, and the links of the two seed documents."""

from collections.abc import Iterator

from authoring.lesson import anchor
from authoring.lint.model import Cell, Draft

Findings = Iterator[tuple[Draft | None, Cell | None, str]]

# Every link of the seeds, as it stands there.
SEED_LINKS = (
    "https://jwt.io/introduction/",
    "https://simpleisbetterthancomplex.com/tutorial/2018/12/19/how-to-use-jwt-authentication-with-django-rest-framework.html",
    "https://vsupalov.com/django-runserver-in-production/",
    "https://www.youtube.com/watch?v=Fhcn2qx-4VQ",
    "https://gunicorn.org/",
    "https://realpython.com/django-migrations-a-primer/",
)


def numbers(drafts: list[Draft]) -> Findings:
    """The number in the front matter is the one in the file's name."""
    for draft in drafts:
        if draft.meta.number != draft.file[:2]:
            yield (
                draft,
                None,
                f"the number is {draft.meta.number!r}, the file's is {draft.file[:2]!r}. Make them equal.",
            )


def needs(drafts: list[Draft]) -> Findings:
    """What a lesson needs are earlier lessons, by number and title."""
    known: set[str] = set()
    for draft in drafts:
        for need in draft.meta.needs:
            if need not in known:
                earlier = ", ".join(repr(name) for name in sorted(known)) or "none, so write `needs: []`"
                yield draft, None, f"it needs {need!r}, which is no earlier lesson. Those are: {earlier}."
        known.add(f"{draft.meta.number} {draft.meta.title}")


def one_definition(drafts: list[Draft]) -> Findings:
    """A term is defined once, in the notebook that introduces it."""
    first: dict[str, str] = {}
    for draft in drafts:
        for term in draft.meta.terms:
            if first.setdefault(term.lower(), draft.file) != draft.file:
                yield draft, None, f"the term {term!r} is defined in {first[term.lower()]} already. Drop one."


def glossary_links(drafts: list[Draft]) -> Findings:
    """A link into the glossary leads to a word that some lesson defines."""
    anchors = {anchor(term) for draft in drafts for term in draft.meta.terms}
    for draft in drafts:
        for cell in draft.markdown:
            for link in cell.text.links:
                page, _, target = link.target.partition("#")
                if page == "GLOSSARY.md" and target and target not in anchors:
                    yield (
                        draft,
                        cell,
                        f"no lesson defines {target!r}, to which it links. Define it or drop the link.",
                    )


def seed_links(drafts: list[Draft]) -> Findings:
    """Every link of the seeds has its place in some lesson."""
    there = {link.target for draft in drafts for cell in draft.markdown for link in cell.text.links}
    for link in SEED_LINKS:
        if link not in there:
            yield (
                None,
                None,
                f"no lesson links to {link}, as the seeds do. Add it to a lesson's further reading.",
            )


RULES = (numbers, needs, one_definition, glossary_links, seed_links)
