"""The client of a load: one request sent over and over, and the answers counted.

It reads no more of an answer than it takes to see where that ends (RFC 9112 §6.3): a client that does more
would be measured along with the server. Over kept connections it needs a tenth of the CPU time of `requests`.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Callable
from typing import NamedTuple

from jwtlab.load.result import Load

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
WITHOUT_BODY = {204, 304}  # RFC 9110 §6.4.1
UNFINISHED = "no answer in time"


class Target(NamedTuple):
    """Whom to send what."""

    host: str  # the address to connect to
    name: str | None  # the name that an https site's certificate must be for
    port: int
    tls: ssl.SSLContext | None
    request: bytes
    may_repeat: bool  # a GET, which a client may send again if a kept connection was closed meanwhile


class Connection(NamedTuple):
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def close(self) -> None:
        """Close the connection, without waiting for the other side."""
        self.writer.close()


async def send_until(more: Callable[[], bool], target: Target, load: Load) -> None:
    """Send requests, one after the other, as long as `more()` says so; record in `load` what came of each.

    A task that is cancelled records the request it was in and ends.
    """
    connection = None
    try:
        while more():
            began = time.perf_counter()
            try:
                status, connection = await exchange(target, connection)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                load.losses[in_words(error)] += 1
                connection = None
            except asyncio.CancelledError:
                load.losses[UNFINISHED] += 1
                return
            else:
                load.times.append(time.perf_counter() - began)
                load.statuses[status] += 1
    finally:
        if connection:
            connection.close()


async def exchange(target: Target, kept: Connection | None) -> tuple[int, Connection | None]:
    """Send one request and read its answer.

    Return the status, and the connection if it can be used again. Raise OSError, IncompleteReadError or
    ValueError if there was no whole answer.
    """
    if kept:
        try:
            return await exchange_over(kept, target.request)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            # The server has closed a connection that was idle: its right, and no failure (RFC 9112 §9.3.1).
            has_begun = isinstance(error, asyncio.IncompleteReadError) and error.partial != b""
            if not target.may_repeat or has_begun:
                raise
    opened = asyncio.open_connection(target.host, target.port, ssl=target.tls, server_hostname=target.name)
    return await exchange_over(Connection(*await opened), target.request)


async def exchange_over(connection: Connection, request: bytes) -> tuple[int, Connection | None]:
    """Send the request over this connection, and close it if it cannot be used again.

    Return and raise what `exchange` does.
    """
    reader, reusable = connection.reader, False
    try:
        connection.writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        ends_by_itself = await read_body(reader, head, status)
        reusable = ends_by_itself and not CLOSE.search(head)
    finally:
        if not reusable:
            connection.close()
    return status, connection if reusable else None


async def read_body(reader: asyncio.StreamReader, head: bytes, status: int) -> bool:
    """Read the body to its end. Return False if nothing but the end of the connection was its end."""
    if status in WITHOUT_BODY:
        return True
    if length := CONTENT_LENGTH.search(head):
        await reader.readexactly(int(length[1]))
    elif CHUNKED.search(head):
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    else:
        await reader.read()
        return False
    return True


def in_words(error: Exception) -> str:
    """Return what happened to a request, in the same words on each system."""
    match error:
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionError() | asyncio.IncompleteReadError():
            return "connection lost"
        case ssl.SSLError():
            return "TLS refused"
        case OSError():
            return "no connection"
    return "not an HTTP answer"
