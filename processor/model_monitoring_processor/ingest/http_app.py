"""OTLP over HTTP: which request gets which answer."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from google.rpc.status_pb2 import Status
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from model_monitoring_processor.errors import BadData, Overloaded
from model_monitoring_processor.ingest import reasons
from model_monitoring_processor.ingest.body import Reading, TooLarge, UnknownEncoding, unpacked
from model_monitoring_processor.ingest.intake import COMMIT_TIMEOUT, Accepted, Intake, Signal
from model_monitoring_processor.ingest.limits import MAX_BODY_BYTES
from model_monitoring_processor.ingest.otlp_json import MAX_JSON_BYTES, from_json, reply_to_json, status_to_json

__all__ = ["http_app"]

_log = logging.getLogger(__name__)

_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"
_READ_TIMEOUT = 30.0
_RETRY_SECONDS = "2"
_READING_BYTES = 64 << 20
"""Of all bodies that are being read or wait for a decoder. With those that wait for the disk, which are counted there,
all in memory."""

_INVALID_ARGUMENT, _RESOURCE_EXHAUSTED, _UNAVAILABLE = 3, 8, 14


class _Unsupported(BadData):
    """A Content-Type that is not understood."""

    def __init__(self, found: str) -> None:
        super().__init__(
            reasons.CONTENT_TYPE,
            f"Content-Type {found[:64]!a} is not understood here: send {_PROTOBUF} or {_JSON} "
            "(in most SDKs: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf)",
        )


def http_app(intake: Intake, pool: ThreadPoolExecutor) -> Starlette:
    """The application with `POST /v1/logs`, `/v1/traces` and `/v1/metrics`.

    Args:
        intake: takes the requests.
        pool: where bodies are unpacked and decoded, away from the event loop.
    """
    reading = Reading(MAX_BODY_BYTES, _READING_BYTES)
    signals: tuple[Signal, ...] = ("logs", "traces", "metrics")
    return Starlette(
        routes=[
            Route(
                f"/v1/{signal}",
                partial(_export, intake=intake, pool=pool, reading=reading, signal=signal),
                methods=["POST"],
            )
            for signal in signals
        ]
    )


async def _export(
    request: Request, intake: Intake, pool: ThreadPoolExecutor, reading: Reading, signal: Signal
) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        _check(request, kind)
        encoding = request.headers.get("content-encoding", "").strip().lower()
        loop = asyncio.get_running_loop()
        async with reading.read(request.stream(), _READ_TIMEOUT) as body:
            accepted = await loop.run_in_executor(pool, _take, intake, signal, body, encoding, kind)
            # What waits for the disk is what was decoded.
            del body
        await asyncio.wait_for(asyncio.wrap_future(accepted.stored), COMMIT_TIMEOUT)
    except Exception as error:  # noqa: BLE001 - every failure is answered, and by the answer sent again or not
        return _refusal(error, intake, signal, kind)
    if kind == _JSON:
        return Response(reply_to_json(signal, accepted.reply), media_type=_JSON)
    return Response(accepted.reply, media_type=_PROTOBUF)


def _check(request: Request, kind: str) -> None:
    if kind not in {_PROTOBUF, _JSON}:
        raise _Unsupported(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise TooLarge(MAX_BODY_BYTES)


def _take(intake: Intake, signal: Signal, body: bytes, encoding: str, kind: str) -> Accepted:
    if kind == _JSON:
        return intake.take(signal, from_json(signal, unpacked(body, encoding, MAX_JSON_BYTES)))
    return intake.take(signal, unpacked(body, encoding, MAX_BODY_BYTES))


def _refusal(error: Exception, intake: Intake, signal: Signal, kind: str) -> Response:
    intake.failed(signal, error)
    message = str(error) or type(error).__name__
    match error:
        case TooLarge():
            return _status(kind, 413, _INVALID_ARGUMENT, message)
        case _Unsupported() | UnknownEncoding():
            return _status(kind, 415, _INVALID_ARGUMENT, message)
        case BadData():
            return _status(kind, 400, _INVALID_ARGUMENT, message)
        case Overloaded():
            return _status(kind, 429, _RESOURCE_EXHAUSTED, message, retry=True)
        case ClientDisconnect():
            message = "the client has gone"
        case _:
            _log.error("a request of %s was not stored", signal, exc_info=error)
    return _status(kind, 503, _UNAVAILABLE, message, retry=True)


def _status(kind: str, http: int, code: int, message: str, *, retry: bool = False) -> Response:
    """An error as OTLP asks for: in the form of the request."""
    body = Status(code=code, message=message).SerializeToString()
    headers = {"retry-after": _RETRY_SECONDS} if retry else None
    if kind == _JSON:
        return Response(status_to_json(body), http, headers, _JSON)
    return Response(body, http, headers, _PROTOBUF)
