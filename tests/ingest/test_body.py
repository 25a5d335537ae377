"""Bodies are bounded: in bytes, in time, and until somebody else counts them."""

import asyncio
import gzip
import time

import pytest

from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest.body import Reading, TooLarge, unpacked

LIMIT = 1 << 20
EMPTY = gzip.compress(b"")


async def chunks(*given):
    for chunk in given:
        yield chunk


def test_a_body_counts_until_it_has_been_decoded():
    async def scenario():
        reading = Reading(10, 15)
        async with reading.read(chunks(b"1234", b"567890"), 1) as body:
            assert body == b"1234567890"
            with pytest.raises(Overloaded):
                async with reading.read(chunks(b"1234567890"), 1):
                    pass
        async with reading.read(chunks(b"1234567890"), 1):
            pass

    asyncio.run(scenario())


def test_a_body_that_was_refused_counts_no_more():
    async def scenario():
        reading = Reading(10, 15)
        for _ in range(5):
            with pytest.raises(TooLarge):
                async with reading.read(chunks(b"1234567890", b"1"), 1):
                    pass

    asyncio.run(scenario())


def test_many_empty_gzip_members_cost_no_more_than_their_bytes():
    started = time.process_time()
    with pytest.raises(BadData, match="members"):
        unpacked(EMPTY * (16 * LIMIT // len(EMPTY)), "gzip", LIMIT)
    assert time.process_time() - started < 1


def test_members_of_any_size_are_joined():
    parts = [b"", b"a" * 200_000, bytes(range(256)) * 300, b"", b"z"]
    assert unpacked(b"".join(gzip.compress(part, 1) for part in parts), "gzip", LIMIT) == b"".join(parts)


def test_exactly_the_limit_is_unpacked_and_one_more_is_not():
    whole = gzip.compress(bytes(LIMIT))
    assert len(unpacked(whole, "gzip", LIMIT)) == LIMIT
    assert len(unpacked(whole + EMPTY, "gzip", LIMIT)) == LIMIT
    with pytest.raises(TooLarge):
        unpacked(whole + gzip.compress(b"1"), "gzip", LIMIT)
