"""The demo site's users, as `manage.py seed_demo` makes them: their passwords, and a note to know them by.

A copy, since nothing in jwtlab imports the demo site; tests/test_demo_users.py holds it against the original,
demo_site/notes/demo_data.py. The passwords are public: they are for teaching only.
"""

PASSWORDS = {  # in the order of the users' ids, 1 to 4
    "vitor": "123",
    "alice": "correct-horse-battery",
    "mallory": "mallory-attacks",
    "admin": "teaching-admin",
}

NOTES = {  # words of a note of each, which stand in nobody else's
    "vitor": "Tokens are signed, not encrypted.",
    "alice": "I told nobody but this page.",
    "mallory": "Read the notes of alice.",
    "admin": "Test the restore, not the backup.",
}
