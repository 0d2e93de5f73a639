"""Tables that are rounded instead of hidden: at random, cell by cell, or so that all sums hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import like, only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import key_columns, not_usable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def round_randomly(
    table: Any,
    *,
    by: Sequence[str] | str,
    base: int,
    key: _core.Key,
    context: str,
    count: str | None = None,
    kind: str = "count",
    margins: Literal["none", "given", "all"] = "none",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
) -> Any:
    """Round every cell of a table to a multiple of ``base``, up or down by a keyed chance: scheme rounding v1.

    Each result is less than one base from its count and right on average; multiples of the base stay. The same cell
    (the same categories, whatever other dimensions are totalled over) has the same result in every table under the
    same key, context, kind and base, so that asking again teaches nothing. Sums do not hold.

    It does not hide that a cell is not zero, a reader knows every count to within one base, and sums of many rounded
    cells against a published total narrow them. Audit what is published: ``audit_table`` takes ranges.

    Parameters
    ----------
    table, by, count, total, hierarchies
        As in ``suppress``.
    base
        2 to 1000.
    key, context, kind
        The key, the agreement and what is counted; another kind, other results.
    margins
        ``"none"``, ``"given"`` or ``"all"`` as in ``suppress``; totals are rounded like other cells.

    Raises
    ------
    PolicyError
        ``policy.count_too_large`` and those of ``frequency_table``
    KeyError
        ``key.purpose``, ``key.pending``, ``key.retired``
    MisuseError
        ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``

    """
    keys = key_columns(by, count)
    if not isinstance(key, _core.Key) or not isinstance(context, str) or not isinstance(kind, str):
        raise not_usable("key", "a Key, with a context and a kind that are text")
    rounded = _core.round_table_randomly(
        only(table, [*keys, *([count] if count else [])]),
        keys,
        count,
        _options(margins, total, hierarchies, table),
        _base(base),
        key,
        context,
        kind,
    )
    return like(rounded, table, count or "n")


def round_additively(
    table: Any,
    *,
    by: Sequence[str] | str,
    base: int,
    count: str | None = None,
    margins: Literal["none", "given", "all"] = "all",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    max_bases: int = 1,
    key: _core.Key | None = None,
    context: str | None = None,
    kind: str = "count",
    name: str | None = None,
) -> Any:
    """Round a table to multiples of ``base`` so that every total is still the sum of its parts.

    Every number is less than ``max_bases`` times the base from its count. Tables of two dimensions, one of them with a
    hierarchy, always have a solution within one base; for others one is searched, and may not be found. With a key, a
    context and the table's name, chance decides between two multiples that would both do, and tables of the first
    sort are right on average; without, closeness does.

    A reader knows every count to within the stated distance, and a total of one part shows the part. Two tables with
    cells in common are rounded apart from each other; side by side they narrow these cells.

    Raises
    ------
    PolicyError
        ``policy.rounding_not_additive``, ``policy.missing_count``, ``policy.inconsistent_table`` and those of
        ``frequency_table``
    KeyError
        ``key.purpose``, ``key.pending``, ``key.retired``
    MisuseError
        ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> ig.round_additively({"site": ["A", "B", "C"], "n": [7, 7, 7]}, by="site", count="n", base=5)["n"]
    [10, 5, 5, 20]

    """
    keys = key_columns(by, count)
    chance = None
    if key is not None:
        if not isinstance(key, _core.Key) or not isinstance(context, str) or not isinstance(name, str):
            raise not_usable("key", "a Key, together with context and name")
        chance = (key, context, kind, name)
    if not isinstance(max_bases, int) or not 1 <= max_bases < 2**32:
        raise not_usable("max_bases", "a whole number from 1")
    rounded = _core.round_table_additively(
        only(table, [*keys, *([count] if count else [])]),
        keys,
        count,
        _options(margins, total, hierarchies, table),
        _base(base),
        max_bases,
        chance,
    )
    return like(rounded, table, count or "n")


def _base(base: Any) -> int:
    if not isinstance(base, int) or isinstance(base, bool) or not 2 <= base <= 1000:  # noqa: PLR2004 - as in the core
        raise not_usable("base", "2 to 1000")
    return base


def _options(margins: str, total: str, hierarchies: Mapping[str, Any] | None, table: Any) -> str:
    return json.dumps({"margins": margins, "total_label": total, "hierarchies": as_plain(hierarchies, table)})
