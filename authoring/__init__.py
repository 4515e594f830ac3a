"""The lessons as text, and what builds, checks and styles the notebooks made from them. `python -m authoring --help`."""
