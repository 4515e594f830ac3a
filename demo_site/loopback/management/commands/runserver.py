"""`runserver` for a face that stays on this machine, and that works at once in a fresh clone."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, CommandParser, call_command
from django.db import connection

from loopback.addresses import is_loopback


class Command(runserver.Command):
    """Django's `runserver`, on loopback only, and with a database made when there is none."""

    addr: str  # Django has read it from the command line before `run`
    help = f"{runserver.Command.help} Listens on loopback addresses only."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(insecure_serving=True)  # static files without DEBUG too: nobody else sees them

    def run(self, **options: Any) -> None:
        if self.addr != "localhost" and not is_loopback(self.addr):
            raise CommandError(
                f"This site is deliberately weak and stays on this machine: use 127.0.0.1, not {self.addr}."
            )
        if not _has_database():
            self._make_database()
        super().run(**options)

    def get_handler(self, *args: Any, **options: Any) -> WSGIHandler:
        """Return Django's handler, which answers for static files itself and hands on the rest."""
        handler = super().get_handler(*args, **options)
        application = getattr(handler, "application", handler)
        handler.request_class = application.request_class  # config/wsgi.py says why it has its own
        return handler

    def check_migrations(self) -> None:
        # The database of a lab world was made for this very start; looking again would only delay it.
        if settings.LAB_WORLD is None:
            super().check_migrations()

    def _make_database(self) -> None:
        self.stdout.write("There is no database yet: making one, with the demo users (migrate, seed_demo).")
        try:
            call_command("migrate", verbosity=0)
            call_command("seed_demo", stdout=self.stdout)
        except BaseException:  # Ctrl-C included: half a database would pass for a whole one at the next start
            connection.close()
            _database_file().unlink(missing_ok=True)
            raise


def _has_database() -> bool:
    # A command that only looks, such as makemigrations, leaves an empty file behind.
    file = _database_file()
    return file.exists() and file.stat().st_size > 0


def _database_file() -> Path:
    return Path(connection.settings_dict["NAME"])
