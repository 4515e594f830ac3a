"""The one kind of error that jwtlab raises on purpose, and how a notebook shows it."""


class LabError(Exception):
    """Something a reader can put right. The message is one sentence on what happened and one on what to do.

    A notebook prints the message alone: the traceback would show jwtlab's code, which is not the reader's.
    Plain Python scripts still get the full traceback.
    """

    def _render_traceback_(self) -> list[str]:
        # IPython calls this hook instead of formatting a traceback (interactiveshell, `showtraceback`).
        return [f"{type(self).__name__}: {self}"]


class MissingProgram(LabError):
    """This machine has no such program. The message says how to get it."""

    program: str  # "browser" or "nginx", as jwtlab.install.programs calls it
