"""Addresses to listen at, and what to say when one is taken."""

import socket

from model_monitoring_processor.errors import MonitoringError

__all__ = ["listen", "split_address"]

_BACKLOG = 128


def split_address(address: str, option: str) -> tuple[str, int]:
    """Host and port of `host:port`; an IPv6 host stands in brackets.

    Raises:
        MonitoringError: it is not of that form.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise MonitoringError(f"{option} must be host:port, for example 127.0.0.1:4318, not {address!r}")
    return host.strip("[]"), int(port)


def listen(address: str, option: str) -> socket.socket:
    """A listening socket.

    Args:
        address: `host:port`; port 0 takes a free one.
        option: of the command line that sets the address, for the message.

    Raises:
        MonitoringError: the port is taken or the address is not ours.
    """
    host, port = split_address(address, option)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise MonitoringError(
            f"cannot listen at {address}: {error.strerror or error}. Is something else listening there? "
            f"Stop it, or choose another address with {option}"
        ) from error
