"""How many records a request holds, from its bytes: a parser would make objects of them first, 60 times as large.

The three kinds of request have the same outline, which OTLP promises not to change: field 1 of the request are its
resources, field 2 of a resource its scopes, field 2 of a scope its log records, spans or metrics.
"""

from collections.abc import Iterator

from model_monitoring_processor.errors import BadData
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.body import TooLarge
from model_monitoring_processor.ingest.limits import MAX_RECORDS

__all__ = ["record_count"]

_OUTLINE = (1, 2, 2)
_FIXED = {1: 8, 5: 4}
_VARINT, _BYTES = 0, 2
_LONGEST_VARINT = 10


class _Malformed(Exception):
    """These are not the fields of a message."""


def record_count(body: bytes, signal: str, limit: int = MAX_RECORDS) -> int:
    """Log records, spans or metrics of a request; what is inside of them is not looked at.

    Raises:
        BadData: the outline is not that of a request.
        TooLarge: more than `limit` fields make the outline.
    """
    try:
        return _count(body, limit)
    except _Malformed as error:
        message = f"the body is not an OTLP {signal} request in protobuf: {error}"
        raise BadData(reasons.MALFORMED, message) from None


def _count(body: bytes, limit: int) -> int:
    records = seen = 0
    waiting = [(0, 0, len(body))]
    while waiting:
        level, start, end = waiting.pop()
        for field, first, last in _fields(body, start, end):
            seen += 1
            if seen > limit:
                raise TooLarge(limit, "records")
            if field != _OUTLINE[level]:
                continue
            if level + 1 < len(_OUTLINE):
                waiting.append((level + 1, first, last))
            else:
                records += 1
    return records


def _fields(body: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Fields of the message in [at, end): the number and where the content lies; 0 for what holds no message."""
    while at < end:
        tag, at = _varint(body, at, end)
        field, kind = tag >> 3, tag & 7
        if kind == _BYTES:
            size, at = _varint(body, at, end)
        elif kind == _VARINT:
            size, field = _varint(body, at, end)[1] - at, 0
        elif kind in _FIXED:
            size, field = _FIXED[kind], 0
        else:
            raise _Malformed(f"a field of kind {kind}")
        if size > end - at:
            raise _Malformed("a field that is longer than what it is in")
        yield field, at, at + size
        at += size


def _varint(body: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for place, byte in enumerate(body[at : min(end, at + _LONGEST_VARINT)]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    raise _Malformed("a number that does not end")
