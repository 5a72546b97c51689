"""Kernel: a function over arrays that Numba compiles, once for all runs."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile at the first call, keep the machine code on disk, hold no lock while running.

    A kernel calls only kernels of its own file: the code on disk does not notice that one in
    another file has changed.
    """
    return cast(Function, njit(cache=True, nogil=True)(function))
