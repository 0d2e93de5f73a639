"""Runs: everything that one piece of work records has the same correlation id."""

from __future__ import annotations

import inspect
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nhs_ig import _core
from nhs_ig._arguments import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")

_RUN: ContextVar[str | None] = ContextVar("nhs_ig_run", default=None)

# A run that began in another program, which put its id here.
RUN_VARIABLE = "NHS_IG_RUN"


def current_run() -> str:
    """Return the id of this context's run.

    The first call in a context begins one, or goes on with the one that the environment variable ``NHS_IG_RUN`` names,
    so that the programs of one pipeline record under one id.
    """
    known = _RUN.get()
    if known is None:
        known = os.environ.get(RUN_VARIABLE) or _core.new_run_id()
        _RUN.set(known)
    return known


@contextmanager
def run(corr_id: str | None = None) -> Iterator[str]:
    """Begin a new run, or go on with a known one: everything recorded inside has its id, which is given.

    Tasks of ``asyncio`` and forked processes that begin inside have the same run. Threads and spawned processes begin
    without one: give them ``in_this_run(function)``.

    >>> import nhs_ig as ig
    >>> with ig.run() as first, ig.run() as second:
    ...     first == second
    False
    >>> with ig.run(first) as again:
    ...     first == again
    True
    """
    if corr_id is not None:
        expect("corr_id", corr_id, str, "the id of a run")
    token = _RUN.set(corr_id or _core.new_run_id())
    try:
        yield current_run()
    finally:
        _RUN.reset(token)


class _InRun:
    """A function with the run that it belongs to; it can be sent to another process."""

    __slots__ = ("_function", "_run")

    def __init__(self, function: Callable[..., Any], corr_id: str) -> None:
        self._function = function
        self._run = corr_id

    def __call__(self, *given: Any, **settings: Any) -> Any:
        with run(self._run):
            return self._function(*given, **settings)


class _InRunAsync(_InRun):
    """The same for a coroutine function, which goes on in the run whenever it is awaited."""

    __slots__ = ()

    async def __call__(self, *given: Any, **settings: Any) -> Any:
        with run(self._run):
            return await self._function(*given, **settings)


def in_this_run(function: Callable[..., _T]) -> Callable[..., _T]:
    """Return the function so that what it records belongs to the run that is current now, wherever it is called.

    For threads, and for processes that are spawned: a pool's workers begin without a run.

    >>> import nhs_ig as ig
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from nhs_ig.audit_runs import current_run
    >>> with ig.run() as mine, ThreadPoolExecutor() as pool:
    ...     pool.submit(ig.in_this_run(current_run)).result() == mine
    True
    """
    generates = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    if generates or not callable(function):
        expect("function", function, (), "a function that is no generator")
    if inspect.iscoroutinefunction(function):
        asynchronous: Any = _InRunAsync(function, current_run())
        return cast("Callable[..., _T]", asynchronous)
    return _InRun(function, current_run())
