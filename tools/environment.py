"""Makes a virtual environment and installs the project into it; needs nothing but a Python.

    python -m tools.environment .venv --extra processor --group test

A second run with the same wishes takes no time: a stamp in the environment says what is in it. Wishes add up, so that
`make demo` and `make test` share one environment. uv is used where it can be had (it is ten times as fast), pip
elsewhere; ensurepip, which Debian ships separately, is not needed where there is either.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.apt import unpack

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
STAMP = "installed.json"
NO_INSTALLER = """\
Neither uv nor pip can be had from this Python ({python}).
Debian and Ubuntu: sudo apt-get install python3-venv, then again. Elsewhere: put uv on the PATH."""

Command = list[str]


def main() -> None:
    """Read the wishes, compare them with the stamp, install what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--project", default=str(ROOT), help="a wheel; default: this checkout, editable")
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--group", action="append", default=[])
    wishes = parser.parse_args()
    folder = wishes.folder.absolute()
    found = read_stamp(folder)
    asked = sorted({*wishes.extra, *wishes.group, *found.get("wishes", ())})
    stamp = {
        "pyproject": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
        "at": str(folder),
        "project": wishes.project,
        "wishes": asked,
    }
    if found == stamp:
        return
    make(folder, anew=found.get("at", str(folder)) != str(folder))
    print(f"Installing {', '.join(asked) or 'the project'} into {folder.name} ...", flush=True)
    install(folder, requirements(wishes.project, asked))
    (folder / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def read_stamp(folder: Path) -> dict[str, Any]:
    """What an earlier run left; nothing where the environment's Python has gone since."""
    if _fails([str(python_of(folder)), "-c", ""]):
        return {}
    try:
        return dict(json.loads((folder / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def requirements(project: str, wishes: Sequence[str]) -> Command:
    """Arguments of `install`: the project with its extras, and what the dependency groups list."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = declared["dependency-groups"]
    extras = [wish for wish in wishes if wish not in groups]
    target = f"{project}[{','.join(extras)}]" if extras else project
    editable = [] if project.endswith(".whl") else ["--editable"]
    return [*editable, target, *(line for wish in wishes for line in groups.get(wish, ()))]


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def make(folder: Path, *, anew: bool) -> None:
    """Make the environment where there is none; with pip in it where ensurepip is there."""
    if not anew and not _fails([str(python_of(folder)), "-c", ""]):
        return
    print(f"Making {folder.name} with {sys.executable} ({sys.version.split()[0]}) ...", flush=True)
    venv = [sys.executable, "-m", "venv", "--clear", str(folder)]
    if _fails(venv):
        subprocess.run([*venv, "--without-pip"], check=True)


def install(folder: Path, arguments: Sequence[str]) -> None:
    """Install into the environment: by uv, or by pip where uv is not there or fails (it ignores pip's settings)."""
    python = python_of(folder)
    pip = pip_for(python)
    uv = find_uv(pip)
    commands = [[uv, "pip", "install", "--python", str(python)]] if uv else []
    commands += [[*pip, "install", "--disable-pip-version-check"]] if pip else []
    if not commands:
        sys.exit(NO_INSTALLER.format(python=sys.executable))
    for command in commands:
        if subprocess.run([*command, *arguments], cwd=ROOT, check=False).returncode == 0:
            return
    sys.exit("The installation failed: see above.")


def pip_for(python: Path) -> Command:
    """A pip that installs into the environment: its own, that of the outer Python, Debian's wheel; [] for none."""
    pips = [[str(python), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(python)]]
    if works := next((pip for pip in pips if not _fails([*pip, "--version"])), None):
        return works
    wheels = "usr/share/python-wheels/pip-*.whl"
    if not shutil.which("uv") and not any((CACHE / "pip").glob(wheels)):
        unpack("python3-pip-whl", CACHE / "pip")
    found = next((CACHE / "pip").glob(wheels), None)
    return [sys.executable, f"{found}/pip", "--python", str(python)] if found else []


def find_uv(pip: Command) -> str | None:
    """Path of uv: the one on the PATH, else one that pip puts into the cache."""
    cached = CACHE / "uv" / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    if found := shutil.which("uv") or (str(cached) if cached.exists() else None):
        return found
    if pip and not _fails([*pip, "install", "--disable-pip-version-check", "--target", str(CACHE / "uv"), "uv"]):
        return str(cached)
    return None


def install_apart(package: str, target: Path) -> bool:
    """Install one package into a folder of its own, outside of any environment."""
    pip = pip_for(Path(sys.executable))
    uv = find_uv(pip)
    commands = [[uv, "pip", "install", "--python", sys.executable]] if uv else []
    commands += [[*pip, "install"]] if pip else []
    return any(not _fails([*command, "--target", str(target), package]) for command in commands)


def _fails(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode != 0
    except OSError:
        return True


if __name__ == "__main__":
    main()
