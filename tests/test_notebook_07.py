"""Notebook 07, runserver against Gunicorn: run again, and struck in every cell."""

from tests.helpers.serving_notebook import ServingNotebook


class TestNotebook07(ServingNotebook):
    number = "07"
