"""Real programs on free loopback ports: waited for within bounds, always stopped, their logs kept for failures."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tools.environment import ROOT

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds that any single condition may take on a slow, busy machine."""


def free_port() -> int:
    """A TCP port that is free now; the program that gets it is started at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, condition: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Wait until a condition is true and return its value; a program that does not answer yet is not an error."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            if last := condition():
                return last
        except OSError as error:
            last = error
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what} (last: {last!r})")


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends. Its log is appended to, so that a restart shows as one story."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
        try:
            yield child
        finally:
            stop(child)


def stop(child: subprocess.Popen[bytes]) -> None:
    """Ask a program to end, and make it if it does not."""
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(15)
    if child.stdin:
        child.stdin.close()


def get(url: str, accept: str = "*/*", **query: str) -> str:
    """Body of an HTTP answer."""
    address = f"{url}?{urlencode(query)}" if query else url
    with urlopen(Request(address, headers={"Accept": accept}), timeout=10) as answer:
        return str(answer.read().decode())


def get_json(url: str, **query: str) -> Any:
    """JSON of an HTTP answer."""
    return json.loads(get(url, **query))
