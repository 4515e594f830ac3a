"""Notebook 08, Nginx in front: run again, and interrupted in every cell."""

from tests.helpers.serving_notebook import ServingNotebook


class TestNotebook08(ServingNotebook):
    number = "08"
