"""`runserver` for a face that stays on this machine, and that works at once in a fresh clone."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.management import CommandError, call_command
from django.db import connection

from loopback.addresses import is_loopback


class Command(runserver.Command):
    """Django's command with three differences: loopback only, a database made if there is none, and no check of
    migrations in a lab world, whose database the notebook's tools have made."""

    help = f"{runserver.Command.help} It listens on loopback addresses only."

    def run(self, **options: object) -> None:
        if self.addr != "localhost" and not is_loopback(self.addr):
            raise CommandError(
                f"This site is deliberately weak and listens on this machine only: use 127.0.0.1, not {self.addr}."
            )
        self.make_database_if_missing()
        super().run(**options)

    def make_database_if_missing(self) -> None:
        """Migrate and seed a database file that does not exist yet, and say so."""
        database = Path(connection.settings_dict["NAME"])
        if database.exists():
            return
        self.stdout.write("No database yet: making one with the demo users (migrate, seed_demo).")
        call_command("migrate", verbosity=0)
        call_command("seed_demo", stdout=self.stdout)

    def check_migrations(self) -> None:
        if settings.LAB_WORLD is None:
            super().check_migrations()
