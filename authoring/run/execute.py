"""Execute notebooks, each in a kernel of its own, several side by side; and the environment of these kernels.

It is the environment of the gate's kernels too (authoring/run/gate.py), and takes little from the shell: an
author's IPython profile, proxies, .netrc or Django settings must not reach a stored output.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from authoring.manifest import RAISES_TAG, ROOT, CourseError
from jwtlab.workspace.jupyter import httpie_folder

CELL_TIMEOUT = 60  # seconds; the gate's is --nbval-cell-timeout in pyproject.toml

# What a kernel takes over from the shell. Above all not PYTEST_CURRENT_TEST: ipykernel, when it sees that,
# does not show what child processes print (ipykernel.iostream), so the gate would see less than a reader.
INHERITED = (
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "PYTHONDONTWRITEBYTECODE",
)


def execute_all(notebooks: dict[str, NotebookNode], folder: Path) -> None:
    """Execute the notebooks in place, as many side by side as there are cores.

    `folder` is their current folder, as it will be a reader's. Raises one CourseError for all that failed.
    """
    if problems := asyncio.run(side_by_side(notebooks, folder)):
        raise CourseError("\n\n".join(problems))


async def side_by_side(notebooks: dict[str, NotebookNode], folder: Path) -> list[str]:
    """Execute the notebooks; returns what went wrong."""
    core = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(name: str, notebook: NotebookNode) -> str | None:
        async with core:
            return await execute(name, notebook, folder)

    results = await asyncio.gather(*(run(name, notebook) for name, notebook in notebooks.items()))
    return [problem for problem in results if problem]


async def execute(name: str, notebook: NotebookNode, folder: Path) -> str | None:
    """Execute one notebook in place. Returns what went wrong in which cell, or None."""
    # No kernel folders: `python3` is then the kernel of this interpreter, whatever is installed for the user.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, manager, resources=resources, timeout=CELL_TIMEOUT, record_timing=False)
    with tempfile.TemporaryDirectory(prefix="lesson-", ignore_cleanup_errors=True) as scratch:
        env = kernel_environment(Path(scratch))
        # What the kernel process itself logs, or echoes to our terminal, is no output of a lesson.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # cleanup_kc: nbclient leaves a kernel running whose manager was given to it.
        async with client.async_setup_kernel(env=env, cleanup_kc=True, **quiet):
            return await execute_cells(name, client)


async def execute_cells(name: str, client: NotebookClient) -> str | None:
    """Execute the code cells one after the other until one goes wrong; returns its description, or None."""
    code = [(index, cell) for index, cell in enumerate(client.nb.cells) if cell.cell_type == "code"]
    for number, (index, cell) in enumerate(code, start=1):
        try:
            await client.async_execute_cell(cell, index, execution_count=number)
        except CellExecutionError as error:
            return describe(name, number, cell, f"{error.ename}: {error.evalue}", cell.outputs[-1].traceback)
        except CellTimeoutError:
            return describe(name, number, cell, f"still running after {CELL_TIMEOUT} seconds")
        except DeadKernelError:
            return describe(name, number, cell, "the kernel died")
        if RAISES_TAG in cell.metadata.get("tags", []) and not has_error(cell):
            return describe(name, number, cell, f"tagged {RAISES_TAG}, but it raised nothing")
    return None


def has_error(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.outputs)


def describe(
    name: str, number: int, cell: NotebookNode, problem: str, traceback: list[str] | None = None
) -> str:
    """Which lesson, which cell, what happened, and the cell."""
    source = [f"    {line}" for line in cell.source.splitlines()]
    return "\n".join([f"{name}, In[{number}]: {problem}", "", *source, "", *(traceback or [])])


def kernel_environment(scratch: Path) -> dict[str, str]:
    """Return the whole environment of a kernel. `scratch`: an empty folder, for what it writes."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return inherited | {
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": str(ROOT),
        "PYTHONNOUSERSITE": "1",
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(scratch / "jupyter-config"),
        "JUPYTER_DATA_DIR": str(scratch / "jupyter-data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "jupyter-runtime"),
        "HTTPIE_CONFIG_DIR": str(httpie_folder(scratch / "httpie")),
        # requests would send a password from ~/.netrc in place of the lesson's own header.
        "NETRC": str(scratch / "netrc"),
        "NO_PROXY": "127.0.0.1,localhost",
        "JWTLAB_WORK": str(scratch / "work"),
        "JWTLAB_READER": "here",  # whoever builds in a container shows the same as everybody else
    }
