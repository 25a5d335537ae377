"""The live page: a handful of static files, read once, served from memory.

Only what was found at start can be asked for, so no path leads out of the folder.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from model_monitoring_processor.export.answers import Refused, cacheable

__all__ = ["page_routes"]

# Fixed, because the machine's own table may be wrong (a Windows registry can say that .js is text/plain).
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page_routes() -> list[Route]:
    """Routes of the page: `/` and `/static/<file>`."""
    folder = Path(__file__).with_name("page")
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in _MEDIA_TYPES}

    async def index(request: Request) -> Response:
        return cacheable(request, files["index.html"], _MEDIA_TYPES[".html"])

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            raise Refused(404, f"no such file of the page: {name[:200]!r}")
        return cacheable(request, files[name], _MEDIA_TYPES[Path(name).suffix])

    return [Route("/", index), Route("/static/{name:path}", static)]
