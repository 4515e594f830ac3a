"""Users in a database of their own."""

from django.db.models import Model

APPS = ("own_users", "hardened_auth")


class UsersApart:
    """Sends users and what refers to them to the database `users`, and nothing else."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:
        return "users" if model._meta.app_label in APPS else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return (db == "users") == (app_label in APPS)
