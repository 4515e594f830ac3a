"""Whether an nginx really starts: with a configuration of its own, on 127.0.0.1 alone, for a moment.

Standard library alone: the doctor asks before anything is installed.
"""

import grp
import os
import pwd
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 10.0  # seconds until it answers
CONFIGURATION = """daemon off;
{user}
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port};
        return 204;
    }}
}}
"""


def why_nginx_does_not_start(program: Path) -> str:
    """Start `program`, ask it for a page, and end it. Returns its own reason if that failed, else nothing."""
    with tempfile.TemporaryDirectory(prefix="jwtlab-") as name:
        port = free_port()
        Path(name, "nginx.conf").write_text(CONFIGURATION.format(user=user(), port=port), encoding="utf-8")
        with open(os.path.join(name, "stderr"), "w+", encoding="utf-8", errors="replace") as said:
            process = subprocess.Popen(
                [program, "-p", ".", "-c", "nginx.conf"],
                cwd=name,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            try:
                if answers(port, process):
                    return ""
                said.seek(0)
                lines = [line for line in said.read().splitlines() if "[alert] could not open" not in line]
                return lines[-1].strip() if lines else "it says nothing"
            finally:
                process.terminate()
                process.wait()


def user() -> str:
    """Return whose Nginx's worker is to be: ours if we are root; else Nginx heeds no such line."""
    try:
        names = f"{pwd.getpwuid(0).pw_name} {grp.getgrgid(os.getegid()).gr_name}"
    except KeyError:  # a small container, where numbers have no names
        return ""
    return f"user {names};" if os.geteuid() == 0 else ""


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Whether the server answers on that port before it ends, or patience does."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return connection.recv(100).startswith(b"HTTP/1.1 204")
        except OSError:
            time.sleep(0.02)
    return False
