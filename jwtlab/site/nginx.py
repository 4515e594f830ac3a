"""Nginx for one site: the shipped configuration (`demo_site/serving/nginx/`) with this machine's values.

Every path in it is relative to the folder in which Nginx runs. The name of a reader's folder may hold `$`,
quotes and more that would mean something in a configuration.
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
from jwtlab.site.processes import Deadline, FileMade, NotReady, Process, SiteError, Supervisor
from jwtlab.site.world import DEMO_SITE
from jwtlab.workspace.stored_outputs import show_stored_results

TEMPLATES = DEMO_SITE / "serving" / "nginx"
PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")  # what envsubst fills in; Nginx's own variables are not capitals
ARGUMENTS = ("-p", ".", "-c", "nginx.conf", "-g", "daemon off;")  # in the folder of the configuration
PORT_ATTEMPTS = 3
PORT_TAKEN = "Address already in use"

# In the folder in which Nginx runs.
STATIC = "static"  # a link to the collected static files
CERTIFICATE = "certificate.pem"


class NoNginx(SiteError, MissingProgram):
    """This machine has no Nginx."""

    program = "nginx"


def find() -> Path:
    """Return where this machine's Nginx is. Raise NoNginx when it has none."""
    program = programs.find_nginx()
    if program is None:
        show_stored_results()
        raise NoNginx(f"There is no Nginx on this machine. {programs.cure('nginx')}")
    return program.path


@dataclass(frozen=True)
class Configuration:
    """What the shipped configuration does not say: where things are, and whether Nginx speaks TLS."""

    folder: Path  # in which Nginx runs, private to it
    socket: Path  # where Gunicorn listens
    access_log: Path
    tls: bool = False

    def write(self, http_port: int, https_port: int) -> None:
        """Write the files for an Nginx that listens on these ports; on the second one with TLS alone."""
        values = self.placeholders(http_port, https_port)
        for template in TEMPLATES.glob("*.template"):
            text = render(template.read_text("utf-8"), values)
            (self.folder / template.stem).write_text(text, "utf-8")

    def placeholders(self, http_port: int, https_port: int) -> dict[str, str]:
        """Return the text for each `${NAME}` of the templates."""
        return {
            "NGINX_USER": _user(),
            "NGINX_WORKERS": "1",  # one handles far more than the two processes behind it
            "RUN": ".",
            "TEMP": ".",
            "CONF": ".",
            "ERROR_LOG": "stderr",
            "ACCESS_LOG": os.path.relpath(self.access_log, self.folder),
            "GUNICORN_SOCKET": os.path.relpath(self.socket, self.folder),
            "STATIC_ROOT": STATIC,
            "SCHEME": "https" if self.tls else "http",
            "SERVER_NAMES": "localhost 127.0.0.1",
            "HTTP_LISTEN": f"127.0.0.1:{http_port}",
            "HTTPS_LISTEN": f"127.0.0.1:{https_port}",
            "CERTIFICATE": CERTIFICATE,
            "CERTIFICATE_KEY": CERTIFICATE,
        }


def render(template: str, values: dict[str, str]) -> str:
    """Return the template with each `${NAME}` replaced, as `envsubst` does it. Raise KeyError for others."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], template)


def start(
    configuration: Configuration,
    program: Path,
    supervisor: Supervisor,
    env: dict[str, str],
    deadline: Deadline,
) -> tuple[Process, int, int]:
    """Start Nginx. Return it when it listens, and on which ports: the first without TLS.

    Nginx cannot ask the system for a port. So it is given some that were free a moment ago, and others if
    another program has taken them meanwhile. Raise NotReady.
    """
    folder, log = configuration.folder, configuration.access_log
    # Nginx writes this file when it has bound its ports (ngx_init_cycle comes before ngx_create_pidfile).
    bound = FileMade(folder / "nginx.pid", missing="has opened no port")
    attempts = PORT_ATTEMPTS
    while True:
        attempts -= 1
        http_port, https_port = free_ports(2)
        configuration.write(http_port, https_port)
        process = supervisor.start([program, *ARGUMENTS], cwd=folder, env=env, log=log)
        try:
            process.wait_for(bound, deadline)
            return process, http_port, https_port
        except NotReady:
            if not attempts or process.is_running or PORT_TAKEN not in process.output:
                raise


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on at this moment."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def certify(folder: Path) -> Path:
    """Make an authority, and a certificate for this machine's names for the Nginx in `folder`.

    Return the file with the authority's certificate. Who trusts it trusts this site and nothing else, for
    the authority's own key is not kept. Both are valid from 2000 to 3000. The file with the certificate and
    its key can be read by its owner alone.
    """
    import trustme  # not at the top: it takes as long to load as a site without TLS to start

    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    ca, certificate = folder / "ca.pem", folder / CERTIFICATE
    authority.cert_pem.write_to_path(str(ca))
    certificate.touch(mode=0o600)
    issued.private_key_and_cert_chain_pem.write_to_path(str(certificate))
    return ca


def _user() -> str:
    """Return user and group for Nginx's workers: ours if we are root; else Nginx heeds none but its own."""
    try:
        root = pwd.getpwuid(0).pw_name, grp.getgrgid(os.getegid()).gr_name
    except KeyError:  # a small container, where numbers have no names
        return "nobody"
    return " ".join(root) if os.geteuid() == 0 else "nobody"
