"""A table of the project's own, which the template database does not have."""

from django.db import models


class Greeting(models.Model):
    text = models.CharField(max_length=40)

    class Meta:
        app_label = "hello_site"
