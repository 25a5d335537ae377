"""Waits for a library to be imported, so that zero-code start-up imports none by itself.

The finder asks the others and changes nothing but `exec_module` of the one loader, which runs the callbacks after it.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeAlias

from model_monitoring import _guard

__all__ = ["forget", "when_imported"]

Callback: TypeAlias = Callable[[ModuleType], None]
_awaited: dict[str, dict[str, Callback]] = {}
"""Callbacks by module, then by whoever waits."""


def when_imported(module: str, who: str, callback: Callback) -> None:
    """Call back with a module: now if it is imported, else once right after its first import.

    Args:
        module: full name.
        who: waits; a second call for the same module replaces the first.
        callback: must not raise.
    """
    if (found := sys.modules.get(module)) is not None:
        callback(found)
        return
    _awaited.setdefault(module, {})[who] = callback
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def forget(who: str) -> None:
    """Stop waiting."""
    for callbacks in _awaited.values():
        callbacks.pop(who, None)


class _Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not _awaited.get(fullname):
            return None
        others = (getattr(finder, "find_spec", None) for finder in sys.meta_path if finder is not self)
        specs = (find(fullname, path, target) for find in others if find is not None)
        spec = next((spec for spec in specs if spec is not None), None)
        try:
            if spec is not None and hasattr(spec.loader, "exec_module"):
                _call_after(spec.loader, fullname)
        except Exception as error:  # noqa: BLE001  a loader that takes no attribute: the host's import goes on
            _guard.report(error, f"waiting for {fullname}")
        return spec


def _call_after(loader: Any, name: str) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        loader.exec_module = execute
        execute(module)
        for callback in _awaited.pop(name, {}).values():
            callback(module)

    loader.exec_module = exec_module


_finder = _Finder()
