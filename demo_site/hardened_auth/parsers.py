"""How a body is read."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_BODY = 64 * 1024  # bytes


class SmallJSONParser(JSONParser):
    """DRF's JSON parser for bodies of at most 64 KiB in UTF-8, whatever is in them."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BODY + 1)  # DRF's reads without end
        if len(body) > MAX_BODY:
            raise ParseError(f"The body is longer than {MAX_BODY} bytes.")
        try:
            # UTF-8 by RFC 8259 section 8.1. DRF takes any codec that the client names, among them `zlib`.
            return super().parse(BytesIO(body), media_type, {"encoding": "utf-8"})
        except RecursionError:
            raise ParseError("The body is nested too deeply.") from None
