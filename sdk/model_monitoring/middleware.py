"""One line for a web application: the prediction id goes back to the caller as `X-Prediction-Id`.

    app.add_middleware(PredictionIdMiddleware)                 # FastAPI, Starlette, any ASGI application
    app.wsgi_app = PredictionIdMiddlewareWSGI(app.wsgi_app)    # Flask, Django, any WSGI application

When an ASGI server stops, what is pending is delivered.

An `X-Prediction-Id` of the request becomes the id of its first prediction of a single row; the answer tells the id
of the newest prediction made for it, on whatever thread. Rules that exclude by route or header look here too.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

from model_monitoring import _config, _request
from model_monitoring._ids import clean_id
from model_monitoring._runtime import flush

__all__ = ["HEADER", "PredictionIdMiddleware", "PredictionIdMiddlewareWSGI"]

HEADER = "X-Prediction-Id"
_HEADER_BYTES = HEADER.lower().encode()
_PRINTABLE = "".join(map(chr, range(33, 127)))

_Message: TypeAlias = MutableMapping[str, Any]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
_Application: TypeAlias = Callable[[_Message, Callable[[], Awaitable[_Message]], _Send], Awaitable[None]]


class PredictionIdMiddleware:
    """For ASGI.

    Args:
        app: the application.
        accept: whether an id of the caller is used. Where callers are strangers, say False: an id that they choose
            may be one that is taken.
    """

    def __init__(self, app: _Application, *, accept: bool = True) -> None:
        self._app = app
        self._accept = accept

    async def __call__(self, scope: _Message, receive: Callable[[], Awaitable[_Message]], send: _Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, lambda message: _send_flushed(message, send))
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _request_of(scope["path"], lambda name: _asgi_header(scope, name), accept=self._accept)

        async def send_with_id(message: _Message) -> None:
            if message["type"] == "http.response.start" and (told := _told(request)):
                message["headers"] = [*message.get("headers", ()), (_HEADER_BYTES, told.encode())]
            await send(message)

        token = _request.current.set(request)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _request.current.reset(token)


class PredictionIdMiddlewareWSGI:
    """For WSGI; arguments as of `PredictionIdMiddleware`.

    The prediction must be made before the application calls `start_response`, as all frameworks do.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], *, accept: bool = True) -> None:
        self._app = app
        self._accept = accept

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        request = _request_of(
            environ.get("PATH_INFO", ""), lambda name: _wsgi_header(environ, name), accept=self._accept
        )

        def start_with_id(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told = _told(request)
            return start_response(status, [*headers, (HEADER, told)] if told else headers, *rest)

        token = _request.current.set(request)
        try:
            return self._app(environ, start_with_id)
        finally:
            _request.current.reset(token)


async def _send_flushed(message: _Message, send: _Send) -> None:
    """Deliver what is pending before the server is told that it may end: uvicorn then ends itself by SIGTERM."""
    if message["type"] == "lifespan.shutdown.complete":
        from asyncio import to_thread  # noqa: PLC0415  loaded already, by the server

        await to_thread(flush, _config.number("MODEL_MONITORING_EXIT_TIMEOUT"))
    await send(message)


def _request_of(route: str, header: Callable[[str], str], *, accept: bool) -> _request.Request:
    given = header(HEADER.lower()) if accept else ""
    return _request.Request(route, header, clean_id(given) if given else "")


def _told(request: _request.Request) -> str:
    """The id as a header may hold it."""
    ids = request.ids
    return quote(ids.text(0), safe=_PRINTABLE) if ids is not None and ids.rows else ""


def _asgi_header(scope: _Message, name: str) -> str:
    wanted = name.encode("latin-1", "replace")
    return next((value.decode("latin-1") for key, value in scope.get("headers", ()) if key.lower() == wanted), "")


def _wsgi_header(environ: dict[str, Any], name: str) -> str:
    return str(environ.get("HTTP_" + name.upper().replace("-", "_"), ""))
