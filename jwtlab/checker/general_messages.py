"""The messages that belong to no exercise: an answer that cannot be run, or that breaks the frame of a check.

Each has the title and the `next` of a message. The other parts are computed where it happens.
"""

from typing import TypedDict


class Prose(TypedDict):
    """What a message says besides what is computed."""

    title: str
    next: str


GENERAL = {
    "syntax": Prose(
        title="Python cannot read your code",
        next="Look at the line above and at the one before it: a bracket, a quote, a colon or an indent.",
    ),
    "raised": Prose(
        title="Your code raised an error",
        next="Run the line above yourself, and print the values that it uses.",
    ),
    "exits": Prose(
        title="Your code ends the program",
        next="Take out the call that exits. "
        "A function says no with a return value, a response or an exception.",
    ),
    "process-died": Prose(
        title="Your code ended its process",
        next="Look for `os._exit`, a signal, or a closed file descriptor, and take it out.",
    ),
    "timed-out": Prose(
        title="Your code does not end",
        next="Look at the loop or the wait in that line: what makes it stop?",
    ),
    "memory": Prose(
        title="Your code uses up the memory",
        next="Look at the size of what that line makes. A token is a few hundred bytes.",
    ),
    "missing-name": Prose(
        title="A name is missing",
        next="Compare the names in your answer with those in the exercise, letter by letter.",
    ),
    "missing-file": Prose(
        title="A file is missing",
        next="Lay the course's version again with `make reset NB=` and the file's path below work/.",
    ),
    "replaced": Prose(
        title="Your code replaces a function",
        next="Call the function as it is. An assignment to another module's name changes it for everyone.",
    ),
    "elsewhere": Prose(
        title="Your code connects elsewhere",
        next="Use the address that your function is given. A check has one site, and nothing else answers.",
    ),
    "writes": Prose(
        title="Your code writes elsewhere",
        next="Write below the current folder, or keep the value in a variable.",
    ),
    "starts-process": Prose(
        title="Your code leaves its process",
        next="Do the work in Python, in the function that was asked for.",
    ),
    "no-such-option": Prose(
        title="That is none of the options",
        next="Write the letter of one option on a line of its own.",
    ),
    "settings-refused": Prose(
        title="Django refuses your settings",
        next="Read the last line of the error: it names the setting.",
    ),
    "course-broken": Prose(
        title="The check itself failed",
        next="Your answer was not judged. Run `make doctor`; if it finds nothing, tell the course's authors.",
    ),
    "no-site": Prose(
        title="The site did not answer",
        next="Run the check again. If it happens twice, `make doctor` looks for the cause.",
    ),
    "no-login": Prose(
        title="The login of the check failed",
        next="Does `/api/token/` still answer 200 with an access and a refresh token? "
        "Log in as vitor yourself.",
    ),
    "needs": Prose(
        title="A program is missing",
        next="`make doctor` says how to get it.",
    ),
}
