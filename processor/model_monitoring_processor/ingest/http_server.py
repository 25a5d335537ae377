"""The HTTP server: uvicorn on a thread of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import uvicorn

from model_monitoring_processor.ingest.http_app import http_app
from model_monitoring_processor.ingest.intake import Intake
from model_monitoring_processor.ingest.ports import listen

__all__ = ["HttpServer"]

_DECODERS = 4
_MAX_CONNECTIONS = 512
_KEEP_ALIVE_SECONDS = 75


class HttpServer:
    """OTLP/HTTP with protobuf.

    Args:
        intake: takes the requests.
        address: `host:port`; port 0 takes a free one.
        option: of the command line that sets the address, for messages.
    """

    def __init__(self, intake: Intake, address: str, *, option: str = "--otlp-http") -> None:
        self._address, self._option = address, option
        self._pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="otlp-http-decode")
        config = uvicorn.Config(
            http_app(intake, self._pool),
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
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="otlp-http", daemon=True)
        self._thread.start()
        return port

    def stop(self, grace: float) -> None:
        """Refuse new requests, give those in progress `grace` seconds, and stop. Safe to call twice."""
        self._server.config.timeout_graceful_shutdown = max(1, round(grace))
        self._server.should_exit = True
        if self._thread:
            self._thread.join()
        self._pool.shutdown(wait=False)
