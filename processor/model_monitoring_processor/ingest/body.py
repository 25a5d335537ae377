"""Bodies of HTTP requests, bounded while they are read and while they are unpacked."""

import zlib
from collections.abc import AsyncIterable

from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons

__all__ = ["Reading", "TooLarge", "UnknownEncoding", "unpacked"]


class TooLarge(BadData):
    """More bytes than allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(reasons.TOO_LARGE, f"the body is larger than {limit} bytes: send smaller batches")


class UnknownEncoding(BadData):
    """A Content-Encoding that is not understood."""

    def __init__(self, encoding: str) -> None:
        super().__init__(reasons.ENCODING, f"Content-Encoding {encoding[:64]!a} is not known; gzip is, or none")


class Reading:
    """The bodies that are being read, together; for one event loop.

    Args:
        body_limit: bytes of one body.
        total_limit: bytes of all of them.
    """

    def __init__(self, body_limit: int, total_limit: int) -> None:
        self._body_limit, self._total_limit = body_limit, total_limit
        self._total = 0

    async def read(self, chunks: AsyncIterable[bytes]) -> bytes:
        """Read one body.

        Raises:
            TooLarge: at the first chunk beyond the limit; the rest is not read.
            Overloaded: all bodies together are beyond theirs.
        """
        body = bytearray()
        try:
            async for chunk in chunks:
                if len(body) + len(chunk) > self._body_limit:
                    raise TooLarge(self._body_limit)
                body += chunk
                self._total += len(chunk)
                if self._total > self._total_limit:
                    raise Overloaded(f"more than {self._total_limit} bytes are being received: send again later")
            return bytes(body)
        finally:
            self._total -= len(body)


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo a Content-Encoding.

    Raises:
        TooLarge: there is more than `limit` bytes in it; no more than that is ever unpacked.
        UnknownEncoding: neither gzip nor nothing.
        BadData: it is damaged.
    """
    if encoding in {"", "identity"}:
        if len(body) > limit:
            raise TooLarge(limit)
        return body
    if encoding != "gzip":
        raise UnknownEncoding(encoding)
    parts: list[bytes] = []
    room = limit
    while body:
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(body, room + 1))
        except zlib.error as error:
            raise BadData(reasons.ENCODING, f"the body is not gzip: {error}") from error
        room -= len(parts[-1])
        if room < 0:
            raise TooLarge(limit)
        if not stream.eof:
            raise BadData(reasons.ENCODING, "the body ends in the middle of its gzip stream")
        body = stream.unused_data
    return b"".join(parts)
