"""What was replaced on other people's classes, so that it can be put back: the very same objects."""

from typing import Any

__all__ = ["Patches"]

_ABSENT = object()


class Patches:
    """Attributes replaced by one instrumentor, in order."""

    def __init__(self) -> None:
        self._replaced: dict[tuple[Any, str], tuple[object, object]] = {}

    def replace(self, owner: Any, name: str, new: object) -> None:
        """Set an attribute of a class; what its own `__dict__` held (or that it held nothing) is remembered."""
        original = vars(owner).get(name, _ABSENT)
        setattr(owner, name, new)
        self._replaced[owner, name] = original, new

    def holds(self, owner: Any, name: str) -> bool:
        """Tell whether an attribute is ours already."""
        return (owner, name) in self._replaced

    def restore(self) -> None:
        """Put everything back, newest first. What someone else has replaced since is theirs, and stays."""
        while self._replaced:
            (owner, name), (original, ours) = self._replaced.popitem()
            if vars(owner).get(name) is not ours:
                continue
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
