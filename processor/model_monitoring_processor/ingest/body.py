"""Bodies of HTTP requests, bounded while they are read and while they are unpacked."""

import asyncio
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager

from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons

__all__ = ["Reading", "TooLarge", "UnknownEncoding", "unpacked"]

_PIECE = 64 << 10
_MAX_MEMBERS = 1_000


class TooLarge(BadData):
    """More than allowed."""

    def __init__(self, limit: int, of: str = "bytes") -> None:
        super().__init__(reasons.TOO_LARGE, f"the body is larger than {limit} {of}: send smaller batches")


class UnknownEncoding(BadData):
    """A Content-Encoding that is not understood."""

    def __init__(self, encoding: str) -> None:
        super().__init__(reasons.ENCODING, f"Content-Encoding {encoding[:64]!a} is not known; gzip is, or none")


class Reading:
    """The bodies that are being received or wait to be decoded, together; for one event loop.

    Args:
        body_limit: bytes of one body.
        total_limit: bytes of all of them.
    """

    def __init__(self, body_limit: int, total_limit: int) -> None:
        self._body_limit, self._total_limit = body_limit, total_limit
        self._total = 0

    @asynccontextmanager
    async def read(self, chunks: AsyncIterable[bytes], timeout: float) -> AsyncIterator[bytes]:
        """Read one body. It counts until the end of the block: there it has been decoded, and is counted elsewhere.

        Raises:
            TooLarge: at the first chunk beyond the limit; the rest is not read.
            Overloaded: all bodies together are beyond theirs.
            TimeoutError: it was not there after so many seconds.
        """
        body, size = bytearray(), 0
        try:
            async with asyncio.timeout(timeout):
                async for chunk in chunks:
                    if size + len(chunk) > self._body_limit:
                        raise TooLarge(self._body_limit)
                    body += chunk
                    size += len(chunk)
                    self._total += len(chunk)
                    if self._total > self._total_limit:
                        raise Overloaded(f"more than {self._total_limit} bytes are being received: send again later")
            whole = bytes(body)
            body.clear()
            yield whole
        finally:
            self._total -= size


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo a Content-Encoding.

    Raises:
        TooLarge: there is more than `limit` bytes in it; no more than that is ever unpacked.
        UnknownEncoding: neither gzip nor nothing.
        BadData: it is damaged, or in more pieces than anybody makes.
    """
    if encoding in {"", "identity"}:
        if len(body) > limit:
            raise TooLarge(limit)
        return body
    if encoding != "gzip":
        raise UnknownEncoding(encoding)
    parts: list[bytes] = []
    at, room = 0, limit
    for _ in range(_MAX_MEMBERS):
        if at == len(body):
            return b"".join(parts)
        at, room = _member(memoryview(body), at, room, parts)
        if room < 0:
            raise TooLarge(limit)
    raise BadData(reasons.ENCODING, f"the body has more than {_MAX_MEMBERS} gzip members")


def _member(body: memoryview, at: int, room: int, parts: list[bytes]) -> tuple[int, int]:
    """Unpack the gzip member that starts at a place, in small pieces: zlib copies what lies behind a member's end.

    Returns:
        The place behind it, and the bytes that may still be unpacked: below zero where there was one too many.
    """
    stream = zlib.decompressobj(wbits=31)
    while not stream.eof and room >= 0:
        piece = body[at : at + _PIECE]
        if not piece:
            raise BadData(reasons.ENCODING, "the body ends in the middle of its gzip stream")
        try:
            parts.append(stream.decompress(piece, room + 1))
        except zlib.error as error:
            raise BadData(reasons.ENCODING, f"the body is not gzip: {error}") from error
        room -= len(parts[-1])
        at += len(piece) - len(stream.unused_data)
    return at, room
