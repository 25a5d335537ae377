"""Row keys: 16 bytes for every prediction, whatever its id looked like.

A UUID is its own key. Any other id becomes a 128-bit BLAKE2 hash, marked as UUID version 8 ("custom", RFC 9562)
so that it is never taken for a time-ordered UUIDv7, whose first 48 bits are a clock.
"""

import uuid
from hashlib import blake2b

__all__ = ["MAX_ID_LENGTH", "key_of", "millis_of", "timed_key", "trace_key"]

MAX_ID_LENGTH = 256
"""Longer ids are refused as bad data."""


def key_of(prediction_id: str) -> bytes:
    """Key of an id in its text form."""
    if len(prediction_id) in (32, 36):
        try:
            return uuid.UUID(prediction_id).bytes
        except ValueError:
            pass
    return _custom(prediction_id.encode("utf-8", "surrogatepass"))


def trace_key(trace: bytes, model: str) -> bytes:
    """Key under which a label waits that names its row by trace id; no row has it.

    Args:
        trace: 16 bytes.
        model: name of the model whose prediction is meant; empty: any.
    """
    return _custom(b"trace\0" + trace + model.encode())


def timed_key(content: bytes, nanos: int) -> bytes:
    """Key that the content and its time decide, in the form of a UUIDv7: stored, and found, by its clock.

    Args:
        content: what makes the row this row and no other.
        nanos: event time, unix nanoseconds.
    """
    key = bytearray((nanos // 1_000_000).to_bytes(6, "big") + blake2b(content, digest_size=10).digest())
    key[6] = 0x70 | (key[6] & 0x0F)
    key[8] = 0x80 | (key[8] & 0x3F)
    return bytes(key)


def _custom(content: bytes) -> bytes:
    digest = bytearray(blake2b(content, digest_size=16).digest())
    digest[6] = 0x80 | (digest[6] & 0x0F)
    digest[8] = 0x80 | (digest[8] & 0x3F)
    return bytes(digest)


def millis_of(key: bytes) -> int | None:
    """Unix milliseconds at which a time-ordered key was made; None where the key holds no clock."""
    if key[6] >> 4 == 7 and key[8] >> 6 == 2:
        return int.from_bytes(key[:6], "big")
    return None
