"""Take the README's picture: a part of notebook 01 as JupyterLab shows it. `python -m authoring.picture`

The outputs in it are the stored ones, which nbval compares; nothing is run for the picture.
"""

import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from authoring.files import ROOT
from jwtlab.errors import LabError
from jwtlab.install import programs

PICTURE = ROOT / "docs" / "lesson.png"
NOTEBOOK = "01_jwt_anatomy.ipynb"
FIRST_WORDS = "The second string in the login"  # the cell that the picture begins with
SIZE = {"width": 1100, "height": 860}


def main() -> None:
    browser = programs.find_browser("chromium")
    if browser is None:
        raise LabError(f"The picture needs a browser: {programs.cure('browser')}")
    with lab() as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.path, args=["--no-sandbox"])
        page = chromium.new_page(viewport=SIZE, device_scale_factor=1.5)
        page.goto(url)
        cell = page.locator(".jp-MarkdownCell", has_text=FIRST_WORDS)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTop = 0")
        for _ in range(40):  # JupyterLab draws only the cells near the window
            if cell.count():
                break
            page.mouse.move(500, 500)
            page.mouse.wheel(0, 300)
        cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(1500)  # fonts and syntax colours; nothing says when they are done
        page.screenshot(path=PICTURE)
    print(f"wrote {PICTURE.relative_to(ROOT)}")


@contextmanager
def lab() -> Iterator[str]:
    """A JupyterLab on copies of its own. Yields the address of the notebook, alone in the window."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="pic", ignore_cleanup_errors=True) as work:
        flags = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={token}"]
        command = ["env", f"JWTLAB_WORK={work}", sys.executable, "-m", "jwtlab", "lab", *flags]
        server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            next(line for line in server.stderr if f":{port}/" in line)
            yield f"http://localhost:{port}/doc/tree/{NOTEBOOK}?token={token}"
        finally:
            server.terminate()
            server.communicate()


if __name__ == "__main__":
    main()
