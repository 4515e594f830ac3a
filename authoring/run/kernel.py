"""The environment of a kernel: the same in the build (`execute`) and in the gate (`gate`).

It takes little from the shell: an author's IPython profile, proxies, .netrc or Django settings must not reach
a stored output.
"""

import os
import sys
from pathlib import Path

from authoring.files import ROOT
from jwtlab.workspace.jupyter import httpie_folder

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


def kernel_environment(scratch: Path) -> dict[str, str]:
    """The whole environment of a kernel. `scratch`: an empty folder for what it and its children write."""
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
