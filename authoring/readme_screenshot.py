"""Take the README's picture, a part of notebook 01 as JupyterLab shows it: `make picture`.

The outputs in it are the stored ones, which nbval compares; nothing is run for the picture.
"""

import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from authoring.manifest import ROOT
from jwtlab.browser import Page
from jwtlab.browser.chromium import Chromium
from jwtlab.errors import LabError
from jwtlab.install import programs

PICTURE = ROOT / "docs" / "lesson.png"
NOTEBOOK = "01_jwt_anatomy.ipynb"
FIRST_WORDS = "The second string in the login"  # the cell that the picture begins with
SIZE = {"width": 1100, "height": 860, "deviceScaleFactor": 1.5, "mobile": False}
PATIENCE = 60  # seconds until JupyterLab counts as stuck

# JupyterLab draws only the cells near the window: go down step by step until the cell is there.
CELL = (
    f"[...document.querySelectorAll('.jp-MarkdownCell')].find(c => c.textContent.includes('{FIRST_WORDS}'))"
)
KERNEL_IS_IDLE = "document.querySelector('[data-status=idle]') !== null"
IS_DRAWN = f"""(() => {{
    const panel = document.querySelector('.jp-WindowedPanel-outer');
    if (!panel || {CELL}) return Boolean(panel);
    panel.scrollTop += 300;
    return false;
}})()"""


def main() -> None:
    found = programs.find_browser("chromium")
    if found is None:
        raise LabError(f"The picture needs a browser: {programs.cure('browser')}")
    browser = Chromium(found.path)
    try:
        with lab() as url:
            tab = browser.open_jar().open_tab()
            tab.send("Emulation.setDeviceMetricsOverride", **SIZE)
            page = Page(tab).go(url)
            wait_until(lambda: page.run(IS_DRAWN))
            page.run(f"{CELL}.scrollIntoView({{block: 'start'}})")
            wait_until(
                lambda: page.run("document.querySelector('[data-status=idle]') !== null")
            )  # the kernel
            time.sleep(1.5)  # fonts and syntax colours; nothing says when they are done
            PICTURE.write_bytes(tab.picture())
    finally:
        browser.close()
    print(f"wrote {PICTURE.relative_to(ROOT)}")


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"JupyterLab has not shown {NOTEBOOK} in {PATIENCE} seconds.")
        time.sleep(0.1)


@contextmanager
def lab() -> Iterator[str]:
    """Run a JupyterLab on copies of its own. Yields the address of the notebook, alone in the window."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="pic", ignore_cleanup_errors=True) as work:
        flags = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={token}"]
        command = ["env", f"JWTLAB_WORK={work}", sys.executable, "-m", "jwtlab", "lab", *flags]
        server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr
            next(line for line in server.stderr if f":{port}/" in line)
            yield f"http://localhost:{port}/doc/tree/{NOTEBOOK}?token={token}"
        finally:
            server.terminate()
            server.communicate()


if __name__ == "__main__":
    main()
