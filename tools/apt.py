"""Packages of Debian and its children: unpacked by anyone, installed where this may be done."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["apt_get", "unpack"]


def apt_get(*arguments: str) -> bool:
    """Run apt-get with fresh lists, as root or by a sudo that asks nothing; False where this is not so, or fails."""
    if shutil.which("apt-get") is None:
        return False
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    return _runs([*command, "update"], "/") and (arguments == ("update",) or _runs([*command, *arguments], "/"))


def unpack(package: str, target: Path) -> bool:
    """Unpack a package into a folder, which takes no rights and changes nothing else on the machine."""
    if shutil.which("apt-get") is None:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        # A fresh container has no package lists: they are fetched when the first attempt finds nothing.
        if not _runs(["apt-get", "download", package], scratch, quiet=True):
            apt_get("update")
            _runs(["apt-get", "download", package], scratch)
        files = list(Path(scratch).glob("*.deb"))
        target.mkdir(parents=True, exist_ok=True)
        return bool(files) and _runs(["dpkg-deb", "-x", str(files[0]), str(target)], scratch)


def _runs(command: list[str], folder: str, *, quiet: bool = False) -> bool:
    """Tell whether a command succeeds; unless quiet, says what it said where it does not."""
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)
    if done.returncode and not quiet:
        print(f"{' '.join(command)}: {done.stderr.strip()[-500:]}", file=sys.stderr)
    return done.returncode == 0
