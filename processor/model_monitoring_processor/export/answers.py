"""How every answer of the admin port is made: strict JSON, errors that help, headers that keep the page inert."""

import json
import math
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ERROR_HANDLERS", "SECURITY_HEADERS", "Refused", "SecurityHeaders", "cacheable", "json_body"]

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer. There is deliberately no CORS header: no other site may read what this one serves."""

_JSON = "application/json"


class Refused(Exception):
    """A request that cannot be answered.

    Args:
        status: HTTP status.
        message: what was wrong and what to do, for the caller.
        more: further fields of the JSON answer.
    """

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.more = more


def json_body(content: Any) -> bytes:
    """Strict JSON in ASCII: a number that is not finite becomes null, a lone surrogate stays escaped."""
    try:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
    except ValueError:
        return json.dumps(_finite(content), allow_nan=False, separators=(",", ":")).encode("ascii")


def cacheable(request: Request, body: bytes, media_type: str) -> Response:
    """Answer that a browser keeps but always asks about again: 304 where its copy is still right."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


class SecurityHeaders:
    """ASGI middleware that puts `SECURITY_HEADERS` on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, headers added to the start of the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return Response(json_body({"error": str(error), **error.more}), error.status, media_type=_JSON)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{error.detail}: {request.method} {request.url.path[:200]}"
    if error.status_code == 404:
        message += "; there is /, /metrics, /healthz, /readyz, /api/models, /api/windows and /api/distribution"
    if error.status_code == 405:
        message += "; this API is read-only, use GET"
    return Response(json_body({"error": message}), error.status_code, dict(error.headers or {}), media_type=_JSON)


async def _internal_error(_request: Request, _error: Exception) -> Response:
    """Starlette makes this answer outside of all middleware, and raises the error again for the server's log."""
    body = json_body({"error": "internal error; the processor's log says more"})
    return Response(body, 500, SECURITY_HEADERS, media_type=_JSON)


ERROR_HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: _refused,
    HTTPException: _http_error,
    Exception: _internal_error,
}
