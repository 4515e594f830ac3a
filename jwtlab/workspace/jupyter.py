"""Opening JupyterLab on the learner's copies, the same way on every machine.

It prepares, and then this process becomes JupyterLab: signals and the exit status are JupyterLab's own. What
is the same everywhere is in `jupyter_config/`, which goes before the learner's own configuration and leaves
that as it is. What depends on the machine is here.
"""

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from jwtlab.install.commands import can_be_made
from jwtlab.workspace.copies import update
from jwtlab.workspace.files import COURSE, STATE, work_folder

CONFIG = Path(__file__).resolve().parent / "jupyter_config"
FOREIGN = ("PYTHONHOME", "PYTHONSAFEPATH")  # another library of Python; the course hidden from itself
LOOPBACK = ("127.0.0.1", "localhost")


def open_lab(flags: list[str]) -> NoReturn:
    """Bring the copies up to date, say what changed, and become JupyterLab.

    `flags` go to JupyterLab after ours, so that they win. Raises WorkError where there can be no copies.
    """
    report = update()
    if report:
        print(report, flush=True)
    environment = lab_environment(os.environ)
    httpie_folder(Path(environment["HTTPIE_CONFIG_DIR"]))
    command = lab_command(work_folder(), flags)
    os.execve(command[0], command, environment)


def lab_command(work: Path, flags: list[str]) -> list[str]:
    """Return the command line of this environment's JupyterLab, on `work` and at its start page.

    Where a flag gives a setting another value, under any of its names, ours is left out: JupyterLab takes one
    value. With another folder its own start page is opened.
    """
    ours = {
        "ServerApp.root_dir": str(work),
        "LabApp.default_url": "/lab/tree/START.md",
        # Loopback, and the name under which the browser is sent there. The demo sites are at 127.0.0.1, and
        # cookies do not tell ports apart (RFC 6265 §8.5): under one name JupyterLab's would go to them too.
        "ServerApp.ip": "localhost",
        # One that the system chooses. Of learners who start at once, several would try the same number.
        "ServerApp.port": "0",
        # A password from years ago would lead to a login page. The address that is printed has a token in it.
        "PasswordIdentityProvider.hashed_password": "",
        "ServerApp.password": "",
    }
    if os.geteuid() == 0:  # as in most containers; JupyterLab refuses to run as root unless told
        ours["ServerApp.allow_root"] = "True"
    named = {name.removeprefix("--") for name in (flag.partition("=")[0] for flag in flags)}
    if names_of("ServerApp.root_dir") & named:
        del ours["LabApp.default_url"]
    kept = [f"--{setting}={value}" for setting, value in ours.items() if not names_of(setting) & named]
    return [sys.executable, "-m", "jupyterlab", *kept, *flags]


def names_of(setting: str) -> set[str]:
    """Return what JupyterLab calls this setting on its command line: in full, by its class, or in short."""
    option = setting.partition(".")[2]
    short = {"root_dir": {"notebook-dir"}, "password": set(), "hashed_password": set()}
    classes = {f"{name}.{option}" for name in ("ServerApp", "LabApp", "NotebookApp", "JupyterApp")}
    old = {"NotebookApp.notebook_dir", "ServerApp.notebook_dir"} if option == "root_dir" else set()
    return {setting} | classes | old | short.get(option, {option, option.replace("_", "-")})


def lab_environment(base: Mapping[str, str]) -> dict[str, str]:
    """`base`, with what JupyterLab, its kernels and what runs in them need."""
    work = work_folder()
    return {
        **{name: value for name, value in base.items() if name not in FOREIGN},
        # `!http` finds the HTTPie of this environment
        "PATH": _before(base.get("PATH", os.defpath), sysconfig.get_path("scripts")),
        # `import jwtlab` works in conda and after a plain `pip install` as well. Another project's folders
        # would come before the course's packages.
        "PYTHONPATH": str(COURSE),
        "JUPYTER_CONFIG_PATH": _before(base.get("JUPYTER_CONFIG_PATH"), CONFIG),
        # the open tabs of the course, not those of another project
        "JUPYTERLAB_WORKSPACES_DIR": str(work / STATE / "workspaces"),
        "JWTLAB_WORK": str(work),
        "HTTPIE_CONFIG_DIR": str(work / STATE / "httpie"),
        **folders_at_home(base),
        **_without_proxy(base),
    }


def folders_at_home(base: Mapping[str, str]) -> dict[str, str]:
    """Return where Jupyter and IPython keep their own, for those folders of theirs that cannot be written.

    They are in the home folder by default, which a container or a service's user may not have. Ours are in
    the learner's folder.
    """
    from jupyter_core import paths

    usual = {
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "IPYTHONDIR": os.path.expanduser("~/.ipython"),
    }
    return {
        name: str(work_folder() / STATE / name.lower())
        for name, folder in usual.items()
        if name not in base and not can_be_made(Path(folder))
    }


def httpie_folder(folder: Path) -> Path:
    """Make `folder` a configuration of HTTPie that keeps it from asking the internet for updates."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text('{"disable_update_warnings": true}\n', encoding="utf-8")
    return folder


def _before(rest: str | None, path: str | Path) -> str:
    return f"{path}{os.pathsep}{rest}" if rest else str(path)


def _without_proxy(base: Mapping[str, str]) -> dict[str, str]:
    """Keep a proxy from requests to the demo sites. Some programs read one spelling, some the other."""
    known = base.get("no_proxy") or base.get("NO_PROXY") or ""
    hosts = [host.strip() for host in known.split(",") if host.strip()]
    hosts += [host for host in LOOPBACK if host not in hosts]
    return dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(hosts))
