"""The HTTP server: its application, and the threads on which bodies are decoded."""

from concurrent.futures import ThreadPoolExecutor

from model_monitoring_processor.ingest.http_app import http_app
from model_monitoring_processor.ingest.intake import Intake
from model_monitoring_processor.web import WebServer

__all__ = ["HttpServer"]

_DECODERS = 4


class HttpServer:
    """OTLP/HTTP with protobuf or JSON.

    Args:
        intake: takes the requests.
        address: `host:port`; port 0 takes a free one.
        option: of the command line that sets the address, for messages.
    """

    def __init__(self, intake: Intake, address: str, *, option: str = "--otlp-http") -> None:
        self._pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="otlp-http-decode")
        self._server = WebServer(http_app(intake, self._pool), address, option=option)

    def start(self) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            MonitoringError: something else listens there.
        """
        return self._server.start()

    def stop(self, grace: float) -> None:
        """Refuse new requests, give those in progress `grace` seconds, and stop. Safe to call twice."""
        self._server.stop(grace)
        self._pool.shutdown(wait=False)
