"""OTLP over gRPC. Messages are taken as bytes, so that what is malformed is ours to answer."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import grpc

from model_monitoring_processor.errors import BadData, MonitoringError
from model_monitoring_processor.ingest.body import TooLarge
from model_monitoring_processor.ingest.intake import COMMIT_TIMEOUT, Intake, Signal
from model_monitoring_processor.ingest.limits import MAX_BODY_BYTES
from model_monitoring_processor.ports import listen, split_address

__all__ = ["GrpcServer"]

_log = logging.getLogger(__name__)

_SERVICES: dict[Signal, str] = {
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
}
_WORKERS = 32
"""Requests that may wait for one commit together. Not `maximum_concurrent_rpcs`: beyond it gRPC itself answers
RESOURCE_EXHAUSTED, and the Collector drops what it had acknowledged."""
_OPTIONS = (
    # Twice what is accepted: gRPC itself counts nothing, so what is refused is refused below, where it can be seen.
    ("grpc.max_receive_message_length", 2 * MAX_BODY_BYTES),
    ("grpc.max_concurrent_streams", 128),
    # Two processors at one port would each get half of the data.
    ("grpc.so_reuseport", 0),
)


class GrpcServer:
    """Logs, traces and metrics services.

    Args:
        intake: takes the requests.
        address: `host:port`; port 0 takes a free one.
        option: of the command line that sets the address, for messages.
    """

    def __init__(self, intake: Intake, address: str, *, option: str = "--otlp-grpc") -> None:
        self._intake, self._address, self._option = intake, address, option
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="otlp-grpc")
        self._server = grpc.server(self._pool, options=_OPTIONS)
        for signal, service in _SERVICES.items():
            handler = grpc.unary_unary_rpc_method_handler(partial(self._export, signal))
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))

    def start(self) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            MonitoringError: something else listens there.
        """
        split_address(self._address, self._option)
        try:
            port: int = self._server.add_insecure_port(self._address)
        except RuntimeError as error:
            # gRPC does not say why: the same attempt by ourselves does.
            listen(self._address, self._option).close()
            raise MonitoringError(f"cannot listen at {self._address}: {error}") from error
        self._server.start()
        return port

    def stop(self, grace: float) -> None:
        """Refuse new requests, give those in progress `grace` seconds, and stop. Safe to call twice."""
        self._server.stop(grace).wait()
        self._pool.shutdown(wait=False)

    def _export(self, signal: Signal, body: bytes, context: grpc.ServicerContext) -> bytes:
        try:
            accepted = self._intake.take(signal, _checked(body))
            accepted.stored.result(COMMIT_TIMEOUT)
            return accepted.reply
        except TooLarge as error:
            return self._refuse(signal, error, context, grpc.StatusCode.RESOURCE_EXHAUSTED)
        except BadData as error:
            return self._refuse(signal, error, context, grpc.StatusCode.INVALID_ARGUMENT)
        except MonitoringError as error:
            return self._refuse(signal, error, context, grpc.StatusCode.UNAVAILABLE)
        except Exception as error:  # noqa: BLE001 - any other status and the Collector drops what it acknowledged
            _log.exception("a request of %s was not stored", signal)
            return self._refuse(signal, error, context, grpc.StatusCode.UNAVAILABLE)

    def _refuse(
        self, signal: Signal, error: Exception, context: grpc.ServicerContext, status: grpc.StatusCode
    ) -> bytes:
        self._intake.failed(signal, error)
        context.set_code(status)
        context.set_details(str(error) or type(error).__name__)
        return b""


def _checked(body: bytes) -> bytes:
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(MAX_BODY_BYTES)
    return body
