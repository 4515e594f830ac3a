"""Where the reader's browser is, and how it gets to a page that this machine serves.

Sites of the course listen on 127.0.0.1 of the machine that runs the cells. A cell that sends readers to a
page ends on `for_your_browser(...)`: on the same machine it shows links, elsewhere what to type, or that a
browser cannot get there. Nothing is forwarded from here. A site with a hole in it, served through a hub's own
address, would let a stranger's script run with the rights of JupyterLab.

The place is read from the environment, which can be wrong: `JWTLAB_READER` names another, such as "here".
Standard library only: `make doctor` asks too.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from jwtlab.errors import LabError


class Reach(Enum):
    """How a reader's browser gets to 127.0.0.1 and localhost of the machine that runs the cells."""

    LINKS = "by a click"
    LOCALHOST = "by a click, under the name localhost alone"
    TYPED = "by the same addresses, typed"
    NONE = "not at all"


@dataclass(frozen=True)
class Place:
    """A place where cells can run, and what that means for a reader's browser."""

    name: str  # as in JWTLAB_READER
    reach: Reach
    sentence: str  # where the cells run, and what follows; empty where nothing does


_KEEP_APART = "Keep 127.0.0.1 and localhost apart: to a browser they are two sites."
_NOT_THERE = (
    "your browser cannot get there. The cells can, and so can the browser that later cells drive: "
    "it runs beside them, and page.screenshot() shows what it sees."
)
_BY_VS_CODE = (
    "VS Code brings each port to your machine, under the number in its panel Ports. Type the addresses into "
    f"your browser: a click would open 127.0.0.1 for localhost. {_KEEP_APART}"
)

HERE = Place("here", Reach.LINKS, "")
# The first place of which a sign is there: a variable or, with a slash, a file. Several can be, as Binder is
# a hub in a container, and VS Code reaches WSL by the addresses by which all of Windows does.
PLACES = {
    ("BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST", "BINDER_REPO_URL"): Place(
        "binder", Reach.NONE, f"These cells run on Binder, and {_NOT_THERE}"
    ),
    ("JUPYTERHUB_USER", "JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_PREFIX"): Place(
        "hub", Reach.NONE, f"These cells run on a JupyterHub, and {_NOT_THERE}"
    ),
    ("CODESPACES", "GITPOD_WORKSPACE_ID"): Place(
        "codespaces",
        Reach.TYPED,
        f"These cells run in a codespace. If you see it in a tab of your browser, {_NOT_THERE} "
        f"If you see it in a VS Code on your machine: {_BY_VS_CODE}",
    ),
    ("WSL_DISTRO_NAME", "WSL_INTEROP"): Place(
        "wsl",
        Reach.LOCALHOST,
        "These cells run in WSL. From Windows localhost leads there, and 127.0.0.1 does not.",
    ),
    ("REMOTE_CONTAINERS", "VSCODE_IPC_HOOK_CLI", "VSCODE_AGENT_FOLDER"): Place(
        "vscode", Reach.TYPED, f"These cells run in a container or on another machine. {_BY_VS_CODE}"
    ),
    ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"): Place(
        "ssh",
        Reach.TYPED,
        "These cells run at the other end of ssh. Type `ssh {options} …` on your machine, with the name of "
        f"this one for the dots, and then the addresses into your browser. {_KEEP_APART}",
    ),
    ("KUBERNETES_SERVICE_HOST", "container", "/.dockerenv", "/run/.containerenv"): Place(
        "container",
        Reach.LINKS,
        f"These cells run in a container. Unless it has the network of your machine, {_NOT_THERE}",
    ),
}


def where_is_the_reader(environ: Mapping[str, str] = os.environ, root: Path = Path("/")) -> Place:
    """Return where the reader's browser is, as far as `environ` and the files under `root` tell.

    Raise LabError where `JWTLAB_READER` names no place.
    """
    named = environ.get("JWTLAB_READER")
    if named:
        return _place_named(named)
    for signs, place in PLACES.items():
        if any((root / sign[1:]).exists() if sign.startswith("/") else environ.get(sign) for sign in signs):
            return place
    return HERE


def _place_named(name: str) -> Place:
    places = {place.name: place for place in (HERE, *PLACES.values())}
    if name not in places:
        raise LabError(f"JWTLAB_READER is {name!r}, which is no place. Choose one of: {', '.join(places)}.")
    return places[name]


def for_your_browser(*addresses: str) -> "Directions":
    """Return what a cell shows to send readers to pages of this machine: links, or how to get there."""
    return Directions(where_is_the_reader(), addresses)


class Directions:
    """How the reader's own browser gets to some addresses, as text and as HTML that says the same."""

    def __init__(self, place: Place, addresses: tuple[str, ...]) -> None:
        options = [f"-L {port}:127.0.0.1:{port}" for port in dict.fromkeys(map(_port, addresses))]
        self._sentence = place.sentence.format(options=" ".join(options))
        self._has_links = place.reach in (Reach.LINKS, Reach.LOCALHOST)
        if place.reach is Reach.LOCALHOST:
            addresses = tuple(address.replace("//127.0.0.1", "//localhost", 1) for address in addresses)
        self._addresses = addresses

    def __repr__(self) -> str:
        return "\n".join([*filter(None, [self._sentence]), *self._addresses])

    def _repr_html_(self) -> str:
        shape = '<a href="{0}">{0}</a>' if self._has_links else "<code>{0}</code>"
        lines = [shape.format(escape(address)) for address in self._addresses]
        return f"<p>{'<br>'.join([*filter(None, [escape(self._sentence)]), *lines])}</p>"


def _port(address: str) -> int:
    return urlsplit(address).port or 80
