"""The demo users and what they wrote. Their passwords are public: they are for teaching only."""

from typing import NamedTuple


class DemoUser(NamedTuple):
    """A user, a password that everyone knows, and the (title, body) of each note."""

    username: str
    password: str
    is_admin: bool
    notes: list[tuple[str, str]]


# User ids are 1 to 4 in this order; note ids count on through it.
USERS = [
    # The seed document's own user. Django's password validators would refuse "123".
    DemoUser(
        "vitor",
        "123",
        False,
        [
            ("Shopping", "Coffee, bread, a new keyboard."),
            ("Talk", "Tokens are signed, not encrypted. Say it twice."),
        ],
    ),
    DemoUser(
        "alice",
        "correct-horse-battery",
        False,
        [
            ("Diary", "I told nobody but this page."),
            ("Garden", "Water the tomatoes on Thursday."),
            ("Door code", "4711"),
        ],
    ),
    DemoUser("mallory", "mallory-attacks", False, [("To do", "Read the notes of alice.")]),
    DemoUser("admin", "teaching-admin", True, [("Backups", "Test the restore, not the backup.")]),
]

# (name, message), oldest first.
GUEST_BOOK = [
    ("alice", "What a nice little site."),
    ("vitor", "Olá! Greetings from the seed document."),
    ("mallory", "I will be back, with <b>markup</b>."),
]
