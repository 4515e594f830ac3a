"""What authors use: it reads the texts of course/, checks them, and builds notebooks and exercises from them.

`python -m authoring --help` has the commands, CONTRIBUTING.md what they are for.

manifest           which lessons and exercises there are (course/course.toml), and where every file is
lesson, quiz       the texts of a lesson and of its quiz
exercises/         the text of an exercise, and what is built from it
lint/, proofs/     the rules on texts; what must hold of answers
run/               executing notebooks, and comparing their outputs
index_pages        start page, glossary, and the table of the README
check, build, new  the commands of the same names
bring_back         carries edits made in JupyterLab back to a lesson's text
lock               the locks of the dependencies
mypy_settings      the settings under which mypy reads Django's models
readme_screenshot  the README's picture
"""

import sys

# nbformat imports jsonschema, which imports rfc3987_syntax if it can, to check the format `iri`. That import
# compiles grammars for 0.8 s, once in every pytest worker, and no schema used here has the format. None makes
# the import fail, which jsonschema allows for (jsonschema/_format.py). Known upstream:
# python-jsonschema/jsonschema issue 1428.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is what the import looks for
