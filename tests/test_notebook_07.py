"""Notebook 07, runserver against Gunicorn: run again, and interrupted in every cell."""

from tests.helpers.serving_notebook import ServingNotebook


class TestNotebook07(ServingNotebook):
    number = "07"
