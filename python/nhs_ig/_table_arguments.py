"""Arguments of the functions on tables, refused with a code where they are of a wrong kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable


def not_usable(name: str, expected: str) -> MisuseError:
    """Return the error for an argument that cannot be used."""
    message = f"{name} is not usable: expected {expected}"
    return MisuseError(message, "misuse.argument", {"name": name, "expected": expected})


def all_text(*groups: Iterable[Any]) -> bool:
    """Say whether everything is text."""
    return all(isinstance(item, str) for group in groups for item in group)


def as_policy(policy: Any) -> _core.SuppressionPolicy:
    """Return a policy, of a preset's name too."""
    if isinstance(policy, str):
        return _core.SuppressionPolicy.preset(policy)
    if not isinstance(policy, _core.SuppressionPolicy):
        raise not_usable("policy", "the name of a preset or a SuppressionPolicy")
    return policy


def key_columns(by: Any, count: Any) -> list[str]:
    """Return the names of the key columns."""
    keys = [by] if isinstance(by, str) else list(by) if isinstance(by, (list, tuple)) else []
    if not keys or not all_text(keys):
        raise not_usable("by", "the name of a key column, or a list of names")
    if count is not None and not isinstance(count, str):
        raise not_usable("count", "the name of a column")
    return keys


def candidates(min_candidates: Any) -> Any:
    """Return the setting as plain data."""
    if min_candidates == "whole":
        return min_candidates
    if (
        not isinstance(min_candidates, int)
        or isinstance(min_candidates, bool)
        or not 1 <= min_candidates < 2**32
    ):
        raise not_usable("min_candidates", "a whole number from 1, or whole")
    return {"at_least": min_candidates}


def told(progress: Any) -> Any:
    """Return the caller's function."""
    if progress is not None and not callable(progress):
        raise not_usable("progress", "a function of stage, done and total")
    return progress
