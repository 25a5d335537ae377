"""Both servers over one stage, and a client that speaks to either of them in the same words."""

import gzip
from contextlib import contextmanager
from typing import NamedTuple

import grpc
import httpx
from google.rpc.status_pb2 import Status

from model_monitoring_processor.ingest import GrpcServer, HttpServer

SERVICES = {
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
}


class Answer(NamedTuple):
    status: object
    """A gRPC status code, or an HTTP status."""
    message: str
    body: bytes = b""
    retry_after: str = ""


class Grpc:
    name = "grpc"

    def __init__(self, port):
        # The sender's own limit is lifted: the server's is under test.
        options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options)

    def send(self, body, signal="logs", *, packed=False):
        export = self._channel.unary_unary(f"/{SERVICES[signal]}/Export")
        compression = grpc.Compression.Gzip if packed else grpc.Compression.NoCompression
        try:
            return Answer(grpc.StatusCode.OK, "", export(body, timeout=60, compression=compression))
        except grpc.RpcError as error:
            return Answer(error.code(), error.details())

    def close(self):
        self._channel.close()


class Http:
    name = "http"

    def __init__(self, port):
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def send(self, body, signal="logs", *, packed=False, **headers):
        if packed:
            body = gzip.compress(body)
            headers["content_encoding"] = "gzip"
        named = {"content-type": "application/x-protobuf"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._client.post(f"/v1/{signal}", content=body, headers=named)
        message = Status.FromString(answer.content).message if answer.status_code >= 400 else ""
        return Answer(answer.status_code, message, answer.content, answer.headers.get("retry-after", ""))

    def close(self):
        self._client.close()


@contextmanager
def serving(stage):
    """Both servers on free ports; yields a client for each."""
    servers = [GrpcServer(stage.intake, "127.0.0.1:0"), HttpServer(stage.intake, "127.0.0.1:0")]
    clients = [client(server.start()) for client, server in zip((Grpc, Http), servers, strict=True)]
    try:
        yield clients
    finally:
        for one in (*clients, *servers):
            one.close() if hasattr(one, "close") else one.stop(5)
