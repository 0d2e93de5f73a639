"""Arguments of the functions on tables, refused with a code where they are of a wrong kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._hierarchies import as_plain, as_plain_of
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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


def wide_columns(wide: Any, count: Any) -> tuple[str, list[str]] | None:
    """Return the dimension of a wide table and its columns."""
    if wide is None:
        return None
    if count is not None:
        raise not_usable("wide", "no count beside it: the columns named in wide hold the counts")
    expected = "a mapping of one name to the list of columns, such as {'month': ['Jan', 'Feb']}"
    if not isinstance(wide, Mapping) or len(wide) != 1:
        raise not_usable("wide", expected)
    ((across, columns),) = wide.items()
    if not isinstance(across, str) or not isinstance(columns, (list, tuple)) or not all_text(columns):
        raise not_usable("wide", expected)
    return across, list(columns)


def needed(keys: list[str], count: str | None, wide: tuple[str, list[str]] | None) -> list[str]:
    """Return the names of the columns that a table is read for."""
    # A column with two tasks is refused by the core, with its reason.
    cells = [count] if count else [] if wide is None else wide[1]
    return list(dict.fromkeys([*keys, *cells]))


def releases(earlier: Any, earlier_counts: Any) -> tuple[list[Any], str]:
    """Return earlier releases as a list, and what their counts are."""
    if not isinstance(earlier, (list, tuple)):
        raise not_usable("earlier", "a list of tables, the oldest first")
    if earlier_counts not in ("same", "grown"):
        raise not_usable("earlier_counts", "same or grown")
    return list(earlier), earlier_counts


def suppress_options(
    table: Any,
    *,
    secondary: Any,
    margins: Any,
    total: Any,
    hierarchies: Any,
    min_candidates: Any,
    exempt: Any,
) -> dict[str, Any]:
    """Return what a call of suppression says besides the rule; ``table`` is one table, or a tuple with several."""
    if exempt is not None and not (isinstance(exempt, Mapping) and all_text(exempt, exempt.values())):
        raise not_usable("exempt", "a mapping of key column to key, both text")
    plain = as_plain_of(hierarchies, table[0]) if isinstance(table, tuple) else as_plain(hierarchies, table)
    return {
        "secondary": secondary,
        "margins": margins,
        "total_label": total,
        "hierarchies": plain,
        "candidates": candidates(min_candidates),
        "exempt": [{"dimension": name, "value": value} for name, value in (exempt or {}).items()],
    }


def markers_of(marker: Any) -> list[str]:
    """Return markers of hidden cells as a list."""
    markers: Sequence[Any] | Any = [marker] if isinstance(marker, str) else marker
    if not isinstance(markers, (list, tuple)) or not all_text(markers):
        raise not_usable("marker", "text, or a list of texts")
    return list(markers)


def audit_options(
    hierarchies: list[dict[str, Any]],
    *,
    margins: Any,
    total: Any,
    zeros: Any,
    threshold: Any,
    round_to: Any,
    rounding: Any,
    left_out: Any,
    min_candidates: Any,
) -> dict[str, Any]:
    """Return what an audit is told of how the table was made."""
    if rounding not in ("nearest", "midpoint", "random"):
        raise not_usable("rounding", "nearest, midpoint or random")
    return {
        "margins": margins,
        "total_label": total,
        "hierarchies": hierarchies,
        "zeros": zeros,
        "threshold": threshold,
        "rounding": {"method": "none"} if round_to is None else {"method": rounding, "base": round_to},
        "left_out": left_out,
        "candidates": candidates(min_candidates),
    }
