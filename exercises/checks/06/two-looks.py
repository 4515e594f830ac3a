"""06.two-looks. Built from course/exercises/06/two-looks.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "06.two-looks",
    "title": "Two requests, one token",
    "kind": "predict",
    "minutes": 5,
    "stage": "worked",
    "concepts": ["rotation"],
    "lesson": "06_rotation_and_logout",
    "order": 1,
}
STARTER = "...\n"
HINTS = [
    "Go down each column, line by line, and write down what is in the row after it.",
    "The mark of the first column comes after both looks. In the second, looking and marking are one thing.",
    "The `WHERE` of `spend` is read anew by the second. By then `used` is 1.",
]
MESSAGES = {
    "both-saw-the-same": {
        "title": "In the first, both have looked before anybody writes",
        "next": "What does `look_b` see, one line before the first mark? Notebook 06, *How many can win a race for one token?*",
        "misconception": "check-then-write-is-safe",
    },
    "second-changes-nothing": {
        "title": "The second `UPDATE` finds no row to change",
        "next": "It does not fail, and it says how many rows it changed. Notebook 06, *What does a family remember?*",
        "misconception": "a-blacklist-detects-reuse",
    },
    "first-is-served": {
        "title": "The first `UPDATE` finds its row, and wins",
        "next": "What a reuse means is decided by your code afterwards, not by the database. Notebook 06, *What does a family remember?*",
        "misconception": "every-reuse-is-theft",
    },
}
WHY = {
    "proven": "Both columns were run on SQLite, in that order. Every database with transactions answers so: one statement cannot be interrupted by another on the same row.",
    "not_checked": "That the first order happens. Under load it does, a few times in a thousand; the next exercise brings it about.",
}
OPTIONS = {
    "a": {
        "text": "1 and 1: the token is marked before anything is handed out, in both",
        "key": "both-saw-the-same",
    },
    "b": {
        "text": "2 and 1: the first lets in whoever has looked before the mark",
    },
    "c": {
        "text": "2 and 2: an `UPDATE` does not fail because somebody was there before",
        "key": "second-changes-nothing",
    },
    "d": {
        "text": "2 and 0: in the second the database sees two holders and refuses both",
        "key": "first-is-served",
    },
}

import sqlite3


def check(learner, site):
    return {(1, 1): "a", (2, 1): "b", (2, 2): "c", (2, 0): "d"}[winners()]


def winners():
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE tokens (jti TEXT, used INTEGER)")
    base.executemany("INSERT INTO tokens VALUES (?, 0)", [("jti-1",), ("jti-2",)])

    def unused(jti):
        return (
            base.execute("SELECT count(*) FROM tokens WHERE jti = ? AND used = 0", [jti]).fetchone()[0] == 1
        )

    looks = [unused("jti-1"), unused("jti-1")]
    for _ in filter(None, looks):
        base.execute("UPDATE tokens SET used = 1 WHERE jti = ?", ["jti-1"])

    def spend(jti):
        return base.execute("UPDATE tokens SET used = 1 WHERE jti = ? AND used = 0", [jti]).rowcount == 1

    return sum(looks), sum([spend("jti-2"), spend("jti-2")])
