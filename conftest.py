"""The order of a run: what takes longest goes first, so that no worker is left with it at the end."""

import pytest

LONGEST = ("tests/test_journey.py", "notebooks/", "solutions/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the longest files to the front, in the order of LONGEST; everything else stays where it is."""
    items.sort(
        key=lambda item: next(
            (i for i, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST)
        )
    )
