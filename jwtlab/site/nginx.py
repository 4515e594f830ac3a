"""Nginx for one site: the shipped configuration (`demo_site/serving/nginx/`) with this machine's values.

Renders files and picks ports; starts nothing.
"""

import grp
import os
import pwd
import re
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from jwtlab.errors import MissingProgram
from jwtlab.install import programs
from jwtlab.site.supervisor import SiteError
from jwtlab.site.world import DEMO_SITE
from jwtlab.workspace.fallback import show_stored_results

TEMPLATES = DEMO_SITE / "serving" / "nginx"
PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")  # what envsubst fills in; Nginx's own variables are not capitals


@dataclass(frozen=True)
class Values:
    """What the templates want to know. As a mapping of names to text: `placeholders()`."""

    folder: Path  # private to this Nginx
    socket: Path  # where Gunicorn listens
    static: Path
    access_log: Path
    http_port: int
    https_port: int | None = None
    certificate: Path | None = None

    def placeholders(self) -> dict[str, str]:
        """Return the text for each `${NAME}`."""
        return {
            "NGINX_USER": _user(),
            "NGINX_WORKERS": "1",  # one handles far more than the two processes behind it
            "RUN": str(self.folder),
            "TEMP": str(self.folder),
            "CONF": str(self.folder),
            "ERROR_LOG": "stderr",
            "ACCESS_LOG": str(self.access_log),
            "GUNICORN_SOCKET": str(self.socket),
            "STATIC_ROOT": str(self.static),
            "SCHEME": "https" if self.https_port else "http",
            "SERVER_NAMES": "localhost 127.0.0.1",
            "HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
            "HTTPS_LISTEN": f"127.0.0.1:{self.https_port}",
            "CERTIFICATE": str(self.certificate),
            "CERTIFICATE_KEY": str(self.certificate),
        }


class NoNginx(SiteError, MissingProgram):
    """This machine has no Nginx."""

    program = "nginx"


def find() -> Path:
    """Return where this machine's Nginx is. Raises NoNginx when it has none."""
    program = programs.find_nginx()
    if program is None:
        show_stored_results()
        raise NoNginx(f"There is no Nginx on this machine. {programs.cure('nginx')}")
    return program.path


def command(program: Path, values: Values) -> list[str]:
    """Write the configuration into the folder, and return the command that runs this Nginx with it."""
    for template in TEMPLATES.glob("*.template"):
        text = render(template.read_text("utf-8"), values.placeholders())
        (values.folder / template.stem).write_text(text, "utf-8")
    where = ["-p", str(values.folder), "-c", str(values.folder / "nginx.conf"), "-e", "stderr"]
    return [str(program), *where, "-g", "daemon off;"]


def render(template: str, values: dict[str, str]) -> str:
    """Return the template with each `${NAME}` replaced, as `envsubst` does it. Raises KeyError for others."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], template)


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago: Nginx cannot ask the system for one, as other servers do."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _user() -> str:
    """Return user and group of this process: as root, Nginx's workers would be somebody else otherwise."""
    try:
        return f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    except KeyError:  # a container runs as a number without a name, and not as root: then it does not matter
        return "nobody"
