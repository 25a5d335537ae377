"""The smallest thing that takes OTLP over gRPC: it keeps what the Collector sends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc as logs_grpc


class Sink(logs_grpc.LogsServiceServicer):
    """Keeps every record; a service for traces or metrics is not there, so that sending those fails loudly."""

    def __init__(self) -> None:
        self.records: list[Any] = []

    def Export(self, request: Any, context: grpc.ServicerContext) -> logs.ExportLogsServiceResponse:
        """Take one call."""
        self.records += [r for of in request.resource_logs for scope in of.scope_logs for r in scope.log_records]
        return logs.ExportLogsServiceResponse()


@contextmanager
def sink(address: str) -> Iterator[Sink]:
    """Listen until the block ends."""
    kept = Sink()
    server = grpc.server(ThreadPoolExecutor(2))
    logs_grpc.add_LogsServiceServicer_to_server(kept, server)
    server.add_insecure_port(address)
    server.start()
    try:
        yield kept
    finally:
        server.stop(None).wait()
