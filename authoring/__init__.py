"""The lessons as text, and what builds, checks and styles the notebooks made from them.

`python -m authoring --help`.
"""

import sys

# nbformat imports jsonschema, which imports rfc3987_syntax if it can, to check the format `iri`. That import
# compiles grammars for 0.8 s, once in every pytest worker, and no schema used here has the format. None makes
# the import fail, which jsonschema allows for (jsonschema/_format.py). Known upstream:
# python-jsonschema/jsonschema issue 1428.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None is what the import looks for
