"""`seed_demo`: the demo users, their notes and the guest book, the same each time."""

import itertools
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from notes.demo_data import GUEST_BOOK, USERS, DemoUser
from notes.models import GuestBookEntry, Note


class Command(BaseCommand):
    help = "Make the demo users, their notes and the guest book, or put them back as they were."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        note_ids = itertools.count(1)
        for user_id, demo in enumerate(USERS, start=1):
            user = put_user(user_id, demo)
            for title, body in demo.notes:
                note = {"owner": user, "title": title, "body": body}
                Note.objects.update_or_create(id=next(note_ids), defaults=note)
        for entry_id, (name, message) in enumerate(GUEST_BOOK, start=1):
            GuestBookEntry.objects.update_or_create(id=entry_id, defaults={"name": name, "message": message})
        if options["verbosity"]:
            self.stdout.write("Demo users: " + ", ".join(demo.username for demo in USERS))


def put_user(user_id: int, demo: DemoUser) -> User:
    """Make the user with this id, or restore its name, password and rights. Return it."""
    if User.objects.filter(Q(id=user_id) ^ Q(username=demo.username)).exists():  # one of the two, not both
        raise CommandError(
            f"User id {user_id} or the name {demo.username} is taken by an account that is not the demo's: "
            "seed_demo wants a database of its own. Move this one away and run it again."
        )
    user, _ = User.objects.get_or_create(id=user_id, defaults={"username": demo.username})
    user.is_active = True
    user.is_staff = user.is_superuser = demo.is_admin
    if not user.check_password(demo.password):
        user.set_password(demo.password)
    user.save()
    return user
