"""The messages that belong to no exercise: an answer that cannot be run, or that breaks the frame of a check.

Each has the title and the `next` of a message. The other parts are computed where it happens.
"""

from typing import NamedTuple


class Fixed(NamedTuple):
    """The prose of one message of the engine's own."""

    title: str
    next: str


FIXED = {
    "syntax": Fixed(
        "Python cannot read your code",
        "Look at the line above and at the one before it: a bracket, a quote, a colon or an indent.",
    ),
    "raised": Fixed(
        "Your code raised an error",
        "Run the line above yourself, and print the values that it uses.",
    ),
    "exits": Fixed(
        "Your code ends the program",
        "Take out the call that exits. A function says no with a return value, a response or an exception.",
    ),
    "process-died": Fixed(
        "Your code ended its process",
        "Look for `os._exit`, a signal, or a closed file descriptor, and take it out.",
    ),
    "timed-out": Fixed(
        "Your code does not end",
        "Look at the loop or the wait in that line: what makes it stop?",
    ),
    "memory": Fixed(
        "Your code uses up the memory",
        "Look at the size of what that line makes. A token is a few hundred bytes.",
    ),
    "missing-name": Fixed(
        "A name is missing",
        "Compare the names in your answer with those in the exercise, letter by letter.",
    ),
    "missing-file": Fixed(
        "A file is missing",
        "Lay the course's version again with `make reset NB=` and the file's path below work/.",
    ),
    "replaced": Fixed(
        "Your code replaces a function",
        "Call the function as it is. An assignment to another module's name changes it for everyone.",
    ),
    "elsewhere": Fixed(
        "Your code connects elsewhere",
        "Use the address that your function is given. A check has one site, and nothing else answers.",
    ),
    "writes": Fixed(
        "Your code writes elsewhere",
        "Write below the current folder, or keep the value in a variable.",
    ),
    "starts-process": Fixed(
        "Your code leaves its process",
        "Do the work in Python, in the function that was asked for.",
    ),
    "no-such-option": Fixed(
        "That is none of the options",
        "Write the letter of one option on a line of its own.",
    ),
    "settings-refused": Fixed(
        "Django refuses your settings",
        "Read the last line of the error: it names the setting.",
    ),
    "course-broken": Fixed(
        "The check itself failed",
        "Your answer was not judged. Run `make doctor`; if it finds nothing, tell the course's authors.",
    ),
    "no-site": Fixed(
        "The site did not answer",
        "Run the check again. If it happens twice, `make doctor` looks for the cause.",
    ),
    "no-login": Fixed(
        "The login of the check failed",
        "Does `/api/token/` still answer 200 with an access and a refresh token? Log in as vitor yourself.",
    ),
    "needs": Fixed(
        "A program is missing",
        "`make doctor` says how to get it.",
    ),
}
