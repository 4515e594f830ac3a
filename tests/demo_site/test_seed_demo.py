"""`seed_demo` makes the same rows each time and puts back what was changed."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from notes.demo_data import USERS
from notes.models import GuestBookEntry, Note

pytestmark = pytest.mark.django_db


def seed() -> None:
    call_command("seed_demo", verbosity=0)


def rows() -> list[object]:
    users, notes, entries = User.objects, Note.objects, GuestBookEntry.objects
    return [*users.order_by("id").values(), *notes.order_by("id").values(), *entries.order_by("id").values()]


def test_users_have_their_ids_passwords_and_rights():
    users = User.objects.order_by("id")
    assert [(user.id, user.username) for user in users] == [
        (1, "vitor"),
        (2, "alice"),
        (3, "mallory"),
        (4, "admin"),
    ]
    assert all(user.check_password(demo.password) for user, demo in zip(users, USERS, strict=True))
    assert [user.username for user in users if user.is_staff or user.is_superuser] == ["admin"]


def test_everyone_has_notes_and_the_guest_book_has_entries():
    assert list(Note.objects.values_list("id", "owner__username")) == [
        (1, "vitor"),
        (2, "vitor"),
        (3, "alice"),
        (4, "alice"),
        (5, "alice"),
        (6, "mallory"),
        (7, "admin"),
    ]
    assert list(GuestBookEntry.objects.values_list("id", flat=True)) == [3, 2, 1]


def test_a_second_run_changes_no_row():
    before = rows()
    seed()
    assert rows() == before


def test_it_puts_back_what_was_changed_and_leaves_what_was_added():
    User.objects.filter(username="vitor").update(is_staff=True, is_active=False, password="!")
    Note.objects.filter(id=1).update(title="changed", owner=3)
    Note.objects.get(id=2).delete()
    own = Note.objects.create(owner_id=2, title="mine")
    seed()
    vitor = User.objects.get(id=1)
    assert (vitor.is_staff, vitor.is_active, vitor.check_password("123")) == (False, True, True)
    assert [(note.id, note.title) for note in vitor.notes.all()] == [(1, "Shopping"), (2, "Talk")]
    assert Note.objects.filter(id=own.id, title="mine").exists()


@pytest.mark.parametrize("taken", [{"id": 1, "username": "bob"}, {"id": 77, "username": "vitor"}])
def test_it_refuses_to_take_over_an_account(taken):
    User.objects.filter(username="vitor").delete()
    User.objects.create(**taken)
    with pytest.raises(CommandError, match="database of its own"):
        seed()
    assert User.objects.get(id=taken["id"]).username == taken["username"]


def test_djangos_validators_would_refuse_the_seeds_password():
    with pytest.raises(ValidationError) as refusal:
        validate_password("123", User(username="vitor"))
    codes = {error.code for error in refusal.value.error_list}
    assert codes == {"password_too_short", "password_too_common", "password_entirely_numeric"}
