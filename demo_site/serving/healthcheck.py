"""Ask the site over Gunicorn's socket whether it can work: exit status 0 for yes. For containers and cron.

python serving/healthcheck.py [PATH]        # /health/ready/
"""

import http.client
import os
import socket
import sys


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, at the path where a host's name would stand."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.host)


def main(path: str = "/health/ready/") -> int:
    """Return 0 if the answer is 200, else 1, with a line that says why."""
    folder = os.environ.get("RUNTIME_DIRECTORY", "/run/notes")
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip()
    connection = SocketConnection(f"{folder}/gunicorn.sock", timeout=4)
    try:
        connection.request("GET", path, headers={"Host": host})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error}")
        return 1
    print(status)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
