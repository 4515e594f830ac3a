"""Keeps a deliberately weak face on this machine: a `runserver` and a middleware that refuse all others."""
