"""A web application on a thread of its own: what the OTLP/HTTP door and the admin page have in common."""

import threading

import uvicorn
from starlette.types import ASGIApp

from model_monitoring_processor.ports import listen

__all__ = ["WebServer"]

_MAX_CONNECTIONS = 512
_KEEP_ALIVE_SECONDS = 75


class WebServer:
    """Uvicorn, started and stopped from another thread.

    Args:
        app: the application.
        address: `host:port`; port 0 takes a free one.
        option: of the command line that sets the address, for messages.
    """

    def __init__(self, app: ASGIApp, address: str, *, option: str) -> None:
        self._address, self._option = address, option
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            MonitoringError: something else listens there.
        """
        listening = listen(self._address, self._option)
        port: int = listening.getsockname()[1]
        name = self._option.lstrip("-")
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name=name, daemon=True)
        self._thread.start()
        return port

    def stop(self, grace: float) -> None:
        """Refuse new requests, give those in progress `grace` seconds, and stop. Safe to call twice."""
        self._server.config.timeout_graceful_shutdown = max(1, round(grace))
        self._server.should_exit = True
        if self._thread:
            self._thread.join()
