"""The page on its stage: served for real, and its cells found as a reader finds them."""

import re
import threading
import time
from contextlib import contextmanager

import uvicorn

from model_monitoring_processor.export.api import create_app


@contextmanager
def serving(monitor, port=0):
    """The real application behind a real server; yields its address."""
    app = create_app(monitor, lambda _: (b"ml_up 1\n", "text/plain; version=1.0.0"), lambda: (True, "ready"))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def cell(tab, name, window):
    row = tab.locator("tr").filter(has=tab.locator("th .name", has_text=re.compile(f"^{re.escape(name)}$")))
    return row.locator(f'button[data-window="{window}"]')
