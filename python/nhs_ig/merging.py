"""Categories to merge, so that fewer cells of a table must be hidden."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._frames import like, only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import all_text, as_policy, key_columns, not_usable

if TYPE_CHECKING:
    from collections.abc import Sequence


class MergeSuggestion:
    """Categories to merge, and what that saves. It holds categories and numbers of cells, and no count of people.

    ``method`` is ``"optimal"`` (no merging that is allowed keeps more categories and reaches the goal) or ``"greedy"``;
    ``categories`` has for each key column its old keys with the new ones; ``cells_before``, ``cells_after``,
    ``primary_before`` and ``primary_after`` count cells.
    """

    __slots__ = ("_by", "_count", "_merges", "_summary")

    def __init__(self, merges: _core.SuggestedMerges, by: list[str], count: str | None) -> None:
        """Keep the suggestion of the core."""
        self._merges = merges
        self._by = by
        self._count = count
        self._summary: dict[str, Any] = merges.summary()

    @property
    def method(self) -> str:
        """How it was found."""
        return str(self._summary["method"])

    @property
    def cells_before(self) -> int:
        """Cells of the table as it is."""
        return int(self._summary["cells_before"])

    @property
    def cells_after(self) -> int:
        """Cells of the merged table."""
        return int(self._summary["cells_after"])

    @property
    def primary_before(self) -> int:
        """Primary cells of the table as it is."""
        return int(self._summary["primary_before"])

    @property
    def primary_after(self) -> int:
        """Primary cells of the merged table."""
        return int(self._summary["primary_after"])

    @property
    def categories(self) -> dict[str, dict[str | None, str | None]]:
        """For each key column its old keys, as text, with the new ones."""
        return {name: dict(pairs) for name, pairs in self._merges.categories()}

    def apply(self, table: Any) -> Any:
        """Return the merged table as the same kind of table, with its count (``n`` for rows of people).

        It is not protected: ``suppress`` it like any other. The table must have the key columns and categories that
        the suggestion was made for.

        Raises
        ------
        MisuseError
            ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``
        PolicyError
            ``policy.missing_count``, ``policy.count_too_large``, ``policy.duplicate_cell``

        """
        columns = [*self._by, *([self._count] if self._count else [])]
        return like(self._merges.apply(only(table, columns)), table, self._count or "n")

    def __repr__(self) -> str:
        """Show the numbers of primary cells."""
        return (
            f"MergeSuggestion(method={self.method!r}, primary_before={self.primary_before}, "
            f"primary_after={self.primary_after})"
        )


def suggest_merges(
    table: Any,
    *,
    by: Sequence[str] | str,
    policy: str | _core.SuppressionPolicy,
    merge: Mapping[str, Any],
    count: str | None = None,
    max_primary_cells: int | None = None,
    max_primary_percent: int | None = None,
    total: str = "Total",
) -> MergeSuggestion:
    """Suggest which categories to merge so that a rule hides no more than a stated number of small counts.

    The goal is reached, by merges that ``merge`` allows alone. Where one column may be merged, as many categories are
    kept as possible at all; where several may, merges are made step by step, and a better choice may exist.
    Combinations that the table leaves out count as zero.

    Secondary suppression is not considered, and nothing is protected: a table published before with the finer
    categories gives the parts of merged cells back, and which categories were merged tells that some were small.

    Parameters
    ----------
    table
        As for ``suppress``, without totals.
    by, policy, count
        As for ``suppress``.
    merge
        For each column that may be merged: ``"ordered"`` (neighbours; numbers and dates by value, texts as the table
        first lists them), a list of the categories in their order, or a hierarchy (all below a parent become one) as
        pairs ``(parent, child)`` or a mapping of child to parent. ``"fixed"``, as every column not named: nothing.
    max_primary_cells, max_primary_percent
        The goal, one of the two: so many primary cells, or so many per cent of all cells.
    total
        The key of rows of totals, which are refused.

    Raises
    ------
    PolicyError
        ``policy.merge_not_reached``, ``policy.total_row_found``, ``policy.hierarchy_ambiguous``,
        ``policy.missing_count``, ``policy.negative_count``, ``policy.duplicate_cell``, ``policy.table_too_large``,
        ``policy.unknown_preset``
    MisuseError
        ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"age": ["0-17", "18-64", "65-84", "85+"], "n": [30, 12, 9, 2]}
    >>> found = ig.suggest_merges(
    ...     table, by="age", count="n", policy="under5", merge={"age": "ordered"}, max_primary_cells=0
    ... )
    >>> found
    MergeSuggestion(method='optimal', primary_before=1, primary_after=0)
    >>> found.apply(table)
    {'age': ['0-17', '18-64', '65-84 to 85+'], 'n': [30, 12, 11]}

    """
    rule = as_policy(policy)
    keys = key_columns(by, count)
    if not isinstance(merge, Mapping) or not all_text(merge):
        raise not_usable("merge", "a mapping of key column to ordered, fixed, a list or a hierarchy")
    if not isinstance(total, str):
        raise not_usable("total", "text")
    merges = _core.suggest_table_merges(
        only(table, [*keys, *([count] if count else [])]),
        keys,
        count,
        rule,
        [(name, json.dumps(_plan(name, plan, table))) for name, plan in merge.items()],
        json.dumps(_goal(max_primary_cells, max_primary_percent)),
        total,
    )
    return MergeSuggestion(merges, keys, count)


def _plan(name: str, plan: Any, table: Any) -> Any:
    if plan in ("ordered", "fixed"):
        return plan
    if isinstance(plan, list) and plan and all_text(plan):
        return {"in_order": plan}
    if not isinstance(plan, (Mapping, list, tuple)):
        raise not_usable("merge", "ordered, fixed, a list of categories or a hierarchy for each column")
    (tree, *more) = as_plain({name: plan}, table)
    if more:
        raise not_usable("merge", "one hierarchy for each column; areas that overlap cannot both be merged")
    return {"nested": tree["pairs"]}


def _goal(cells: Any, percent: Any) -> dict[str, int]:
    given = {
        name: value
        for name, value in (("primary_cells", cells), ("primary_percent", percent))
        if value is not None
    }
    usable = all(
        isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in given.values()
    )
    if len(given) != 1 or not usable:
        raise not_usable("max_primary_cells or max_primary_percent", "one of the two, a whole number from 0")
    return given
