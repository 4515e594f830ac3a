"""What authors use: it reads the texts of course/, checks them, and builds notebooks and exercises from them.

`python -m authoring --help` has the commands, CONTRIBUTING.md what they are for.
"""

import sys

# nbformat imports jsonschema, which imports rfc3987_syntax if it can, to check the format `iri`. That import
# compiles grammars for 0.8 s, once in every pytest worker, and no schema used here has the format. None makes
# the import fail, which jsonschema allows for (jsonschema/_format.py). Known upstream:
# python-jsonschema/jsonschema issue 1428.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is what the import looks for
