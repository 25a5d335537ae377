"""The one way in which a kernel is compiled: cached on disk where that is possible, in memory where it is not."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

__all__ = ["jit"]

P = ParamSpec("P")
R = TypeVar("R")


def jit(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel on its first call, without the interpreter's lock.

    numba raises at import time when it finds no writable folder for its cache (a read-only image without a home);
    such a place gets a kernel that is compiled anew in each process. With `NUMBA_DISABLE_JIT=1` the plain function
    comes back, and it must give the same answer.

    Args:
        function: arrays and scalars in; arrays that it fills or scalars out.

    Returns:
        The kernel. It compiles once for each combination of argument types: pass the same layout every time.
    """
    try:
        return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast("Callable[P, R]", numba.njit(nogil=True)(function))
