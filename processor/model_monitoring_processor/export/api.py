"""The admin port as one small web application: the page, its JSON API, `/metrics` and the two probes.

Everything is read-only. What the API answers is described at `queries.Monitor`.
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from model_monitoring_processor.export.answers import ERROR_HANDLERS, Refused, SecurityHeaders, cacheable, json_body
from model_monitoring_processor.export.page_files import page_routes
from model_monitoring_processor.export.queries import (
    MAX_WINDOWS,
    Monitor,
    parse_cell,
    parse_limit,
    parse_model,
    require_known,
)

__all__ = ["create_app"]

_JSON = "application/json"


def create_app(
    monitor: Monitor, metrics: Callable[[str], tuple[bytes, str]], ready: Callable[[], tuple[bool, str]]
) -> Starlette:
    """Application of the admin port.

    Args:
        monitor: what the service knows; its methods are called in worker threads.
        metrics: body and content type of `/metrics` for an Accept header; called in a worker thread.
        ready: whether the service takes data, and a sentence that says so or why not.

    Returns:
        An ASGI application without state of its own.
    """
    routes = [*page_routes(), *_probe_routes(metrics, ready), *_api_routes(monitor)]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)], exception_handlers=ERROR_HANDLERS)
    app.router.redirect_slashes = False  # a redirect would repeat whatever Host the request named
    return app


def _probe_routes(metrics: Callable[[str], tuple[bytes, str]], ready: Callable[[], tuple[bool, str]]) -> list[Route]:
    def metrics_page(request: Request) -> Response:
        body, content_type = metrics(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type})

    # Not in a worker thread: a full thread pool must not look like a dead process.
    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        is_ready, why = ready()
        return PlainTextResponse(why + "\n", 200 if is_ready else 503)

    return [Route("/metrics", metrics_page), Route("/healthz", healthz), Route("/readyz", readyz)]


def _api_routes(monitor: Monitor) -> list[Route]:
    software = _software()

    def models(request: Request) -> Response:
        if request.query_params:
            raise Refused(400, "/api/models takes no parameters")
        known = monitor.models()
        body = {"software": software, "total": len(known), "models": known[:MAX_WINDOWS]}
        return cacheable(request, json_body(body), _JSON)

    def windows(request: Request) -> Response:
        model = parse_model(request.query_params, ("limit",))
        limit = parse_limit(request.query_params)
        require_known(model, monitor)
        body = {"model": model._asdict(), "windows": monitor.windows(*model, limit)[-limit:]}
        return cacheable(request, json_body(body), _JSON)

    def distribution(request: Request) -> Response:
        model = parse_model(request.query_params, ("window", "role", "column"))
        cell = parse_cell(request.query_params)
        require_known(model, monitor)
        found = monitor.distribution(*model, *cell)
        if found is None:
            raise Refused(404, "no such column in such a window; /api/windows lists what there is")
        return cacheable(request, json_body(found), _JSON)

    return [
        Route("/api/models", models),
        Route("/api/windows", windows),
        Route("/api/distribution", distribution),
    ]


def _software() -> str:
    try:
        return version("otel-model-monitoring")
    except PackageNotFoundError:
        return "not installed"
