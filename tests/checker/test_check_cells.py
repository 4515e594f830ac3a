"""How `%%exercise` may be written in a cell, in a real kernel: it runs, or a sentence says what to do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.manager import start_new_kernel

from authoring.exercises.reading import read_source
from authoring.manifest import COURSE
from authoring.run.execute import kernel_environment
from jwtlab.checker.catalogue import Catalogue
from jwtlab.checker.magics import Cells

ID = "01.label"
CELL = f"%%exercise {ID}\n{read_source(COURSE.find_exercises([ID])[0]).solution}"
PASSED = f"✓ passed · {ID} · "

Run = Callable[[str], list[str]]

RUNS = {  # cells that are checked
    "as it is meant": CELL,
    "a comment above": f"# My answer\n{CELL}",
    "comments and blank lines above": f"\n\n# My answer\n\n  # Second try\n{CELL}",
    "blank lines above": f"\n  \n{CELL}",
    "indented": "".join(f"    {line}" for line in CELL.splitlines(keepends=True)),
    "indented below a comment": "# c\n" + "".join(f"    {line}" for line in CELL.splitlines(keepends=True)),
    "indented by itself": f"  {CELL}",
    "Windows line ends": CELL.replace("\n", "\r\n"),
    "Windows line ends below a comment": f"# c\n{CELL}".replace("\n", "\r\n"),
    "a byte order mark": f"\ufeff{CELL}",
    "a tab behind it": CELL.replace(f" {ID}", f"\t{ID}"),
    "a comment behind it": CELL.replace(ID, f"{ID}  # my answer"),
    "timed": f"%%time\n{CELL}",
    "its name in a text": CELL + "\nTEXT = 'write %%exercise above'\n",
}

IS_BELOW = (
    f"`%%exercise {ID}` is below something else in its cell, and nothing was checked. Make it the first"
)
WRITE = f"is not read as it is meant, and nothing was checked. Write `%%exercise {ID}`."

SAYS = {  # cells that are not, and the sentence
    "an import above": (f"import jwt\n\n{CELL}", IS_BELOW),
    "a docstring above": (f'"""Mine."""\n{CELL}', IS_BELOW),
    "a line magic above": (f"%precision 3\n{CELL}", IS_BELOW),
    "another cell magic above": (f"%%bash\n{CELL}", IS_BELOW),
    "what hides it above": (f"%%capture\n# c\n{CELL}", IS_BELOW),
    "the extension loaded above": (f"%reload_ext jwtlab.checker\n{CELL}", IS_BELOW),
    "capitals below an import": (f"import jwt\n{CELL}".replace("exercise", "Exercise"), IS_BELOW),
    "a comment": (f"# {CELL}", WRITE),
    "a comment without a space": (f"#{CELL}", WRITE),
    "a comment below one": (f"# mine\n# {CELL}", WRITE),
    "a capital letter": (CELL.replace("exercise", "Exercise"), WRITE),
    "capital letters": (CELL.replace("exercise", "EXERCISE"), WRITE),
    "capitals below a comment": (f"# c\n{CELL}".replace("exercise", "Exercise"), WRITE),
    "a space": (CELL.replace("%%", "%% "), WRITE),
    "one percent sign": (CELL.replace("%%", "%"), WRITE),
    "three percent signs": (CELL.replace("%%", "%%%"), WRITE),
    "a plural": (CELL.replace("exercise", "exercises"), WRITE),
    "a slip": (CELL.replace("exercise", "exercsie"), WRITE),
    "a colon": (CELL.replace("exercise", "exercise:"), WRITE),
    "twice in a cell": (f"{CELL}\n\n{CELL}", "There is a second `%%exercise` in this cell"),
    "an id that is none": (
        CELL.replace(ID, "01.lable"),
        "There is no exercise '01.lable'. Is it one",
    ),
    "no id": (CELL.replace(f" {ID}", ""), "There is no exercise ''."),
}

IS_NONE_OF_OURS = {  # cells in which there is nothing to check: what they show
    "a text": ('len("""\n%%exercise 01.label\n""")', "21"),
    "a comment about exercises": ("# %%exercises come later\n6 * 7", "42"),
    "a comment about one": ("# The exercise 01.label\n6 * 7", "42"),
    "a check of what was saved": (f"# again\n%exercise {ID}\n# and no more", PASSED),
    "a check and a hint": (f"%exercise {ID}\nhint('{ID}')", f"hint 1 of 3 · {ID}"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A function that runs a cell in a kernel, and returns what it shows, a text for each output."""
    folder = tmp_path_factory.mktemp("kernel")
    manager, client = start_new_kernel(env=kernel_environment(folder), cwd=str(folder))

    def run(cell: str) -> list[str]:
        shown: list[str] = []

        def show(message: dict[str, Any]) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "execute_result":
                    shown.append(content["data"]["text/plain"])
                case "error":
                    shown.append("\n".join(content["traceback"]))
                case "stream":
                    shown.append(content["text"])

        client.execute_interactive(cell, timeout=60, output_hook=show)
        return shown

    try:
        assert run("%load_ext jwtlab.checker") == []
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("how", RUNS)
def test_the_exercise_is_checked(run: Run, how: str) -> None:
    assert run(RUNS[how])[-1].startswith(PASSED)


@pytest.mark.parametrize("how", SAYS)
def test_a_sentence_says_what_to_do(run: Run, how: str) -> None:
    cell, sentence = SAYS[how]
    said = run(cell)[-1]
    assert sentence in said
    assert len(said.splitlines()) == 1, "a traceback"
    assert said.startswith("CellError: ")


@pytest.mark.parametrize("how", IS_NONE_OF_OURS)
def test_other_cells_are_left_alone(run: Run, how: str) -> None:
    run(CELL)
    cell, shows = IS_NONE_OF_OURS[how]
    assert run(cell)[0].startswith(shows)


def test_comments_above_belong_to_the_answer(run: Run) -> None:
    run(f"# My answer\n{CELL}")
    assert run(f"print(open('work/exercises/answers/{ID}.py').read())")[0].startswith("# My answer\nimport ")


@pytest.mark.parametrize("cell", ["%exercise?", "%%exercise?", "", "\n", "# c\n", "%time 1\n", "%%time\n1\n"])
def test_what_is_not_meant_as_an_exercise_goes_to_ipython_as_it_is(cell: str, tmp_path: Path) -> None:
    lines = cell.splitlines(keepends=True)
    assert Cells(Catalogue(tmp_path))(lines) == lines


def test_a_cell_is_complete_whatever_stands_in_it(tmp_path: Path) -> None:
    """A console asks, at each Enter; there nothing may be raised."""
    manager = TransformerManager()
    manager.cleanup_transforms.append(Cells(Catalogue(tmp_path)))
    assert manager.check_complete(SAYS["a comment"][0])[0] in ("complete", "incomplete")
