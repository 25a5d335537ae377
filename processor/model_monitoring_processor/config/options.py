"""What the command line asks of the service and of the demo."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

__all__ = ["ADMIN", "FREE_PORT", "OTLP_GRPC", "OTLP_HTTP", "Address", "DemoOptions", "ServeOptions"]


class Address(NamedTuple):
    """Where to listen. Port 0: any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> "Address | None":
        """Read `HOST:PORT` or `[IPV6]:PORT`; `none` is None, do not listen.

        Raises:
            ValueError: neither of them.
        """
        if text.lower() == "none":
            return None
        host, colon, port = text.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not (colon and bare and port.isascii() and port.isdigit() and int(port) <= 65535):
            raise ValueError(f"expected HOST:PORT or 'none', got {text!r}")
        if ":" in bare and bare == host:
            raise ValueError(f"an IPv6 address goes in brackets: [{host}]:{port}")
        return cls(bare, int(port))


OTLP_GRPC = Address("127.0.0.1", 4317)
OTLP_HTTP = Address("127.0.0.1", 4318)
ADMIN = Address("127.0.0.1", 9464)
FREE_PORT = Address("127.0.0.1", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How `serve` was called. An address that is None is not listened on."""

    state_dir: Path
    config_path: Path | None = None
    references: tuple[Path, ...] = ()
    otlp_grpc: Address | None = OTLP_GRPC
    otlp_http: Address | None = OTLP_HTTP
    admin: Address | None = ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """How `demo` was called."""

    exit_when_done: bool = False
    """End when the year is over; else stay up until Ctrl-C."""
    json_path: Path | None = None
    """Where the verdicts are written."""
    admin: Address = FREE_PORT
    state_dir: Path | None = None
    """None: a temporary folder that is removed at the end."""
