"""Brings the programs of the tests that Debian has: Prometheus, and Chromium for pictures of the page.

Prometheus is unpacked into .cache and not installed: no root is needed and no service is started on the machine.
Chromium needs its libraries, so it is installed, where this may be done (root, or sudo that asks nothing).
What cannot be had is said, with the reason; the tests that need it are then skipped.
"""

import shutil
import sys
from ctypes.util import find_library

from tools.apt import apt_get, unpack
from tools.environment import CACHE

PROMETHEUS = CACHE / "prometheus"
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
BROWSER_PACKAGES = ("chromium-headless-shell", "libatomic1")


def main() -> None:
    """Bring both; fail where one is missing."""
    missing = []
    if prometheus() is None and not unpack("prometheus", PROMETHEUS):
        missing.append("Prometheus: put `prometheus` on the PATH")
    if not can_browse() and not apt_get("install", "--yes", "--no-install-recommends", *BROWSER_PACKAGES):
        missing.append(f"a headless browser: as root, apt-get install {' '.join(BROWSER_PACKAGES)}")
    for line in missing:
        print(f"Not to be had here: {line}", file=sys.stderr)
    sys.exit(bool(missing))


def prometheus() -> str | None:
    """Path of Prometheus."""
    own = PROMETHEUS / "usr" / "bin" / "prometheus"
    return shutil.which("prometheus") or (str(own) if own.exists() else None)


def can_browse() -> bool:
    """Tell whether there is a Chromium, and what Playwright's driver is linked to."""
    return any(map(shutil.which, BROWSERS)) and (sys.platform != "linux" or find_library("atomic") is not None)


if __name__ == "__main__":
    main()
