"""Tables over the same people, suppressed and audited together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import only
from nhs_ig._hierarchies import as_plain_of
from nhs_ig._table_arguments import (
    as_policy,
    audit_options,
    key_columns,
    markers_of,
    not_usable,
    releases,
    suppress_options,
    told,
)
from nhs_ig.errors import MisuseError
from nhs_ig.suppression import SuppressionResult
from nhs_ig.table_audits import TableAudit, as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def suppress_linked(
    tables: Mapping[str, Any],
    *,
    by: Mapping[str, Sequence[str] | str],
    policy: str | _core.SuppressionPolicy,
    count: str | None = None,
    secondary: Literal["none", "exact", "interval"] | None = None,
    margins: Literal["given", "all"] = "given",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    min_candidates: int | Literal["whole"] = 3,
    exempt: Mapping[str, str] | None = None,
    progress: Callable[[str, int, int], object] | None = None,
) -> dict[str, SuppressionResult]:
    """Suppress several tables over the same people by one rule, so that they are safe together.

    What ``suppress`` guarantees for one table holds for a reader of all of them. A cell that stands in several tables
    is shown in all of them or in none. Cells are the same when they fix the same categories of the same key columns
    and all others are at their total; a key column that a table lacks counts as its total.

    It takes your word that all tables count the same people: tables over different people are refused only where
    their counts show it. It does not protect against tables that are not among them, or earlier releases.

    Parameters
    ----------
    tables
        Tables by name, each of a kind that ``suppress`` takes. The names are for messages and for the result.
    by
        For each table its key columns. Columns of the same name are the same dimension.
    count
        The column of whole numbers, the same in every table; left out, rows are counted into a column ``n``.
    margins
        ``"given"``: the tables list the totals that will be published. ``"all"``: every total is added to each. In
        both cases it is known that the categories of every key column add up to everybody.
    policy, secondary, total, hierarchies, min_candidates, exempt, progress
        As in ``suppress``. A hierarchy or an exemption applies to each table that has its key column.

    Raises
    ------
    PolicyError
        ``policy.linked_tables_differ`` if two tables have the same cell with different counts;
        ``policy.margins_unavailable`` for a rule that makes totals from rounded parts; and those of ``suppress``.
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> sex = {"sex": ["F", "M"], "n": [3, 50]}
    >>> age = {"age": ["0-39", "40+"], "n": [20, 33]}
    >>> made = ig.suppress_linked(
    ...     {"by sex": sex, "by age": age}, by={"by sex": "sex", "by age": "age"}, count="n", policy="under5"
    ... )
    >>> made["by sex"].publish()["n_display"], made["by age"].publish()["n_display"]
    (['*', '50'], ['*', '33'])

    """
    rule = as_policy(policy)
    if not isinstance(tables, Mapping):
        raise not_usable("tables", "a mapping of names to tables")
    options = suppress_options(
        (tables,),
        secondary=secondary,
        margins=margins,
        total=total,
        hierarchies=hierarchies,
        min_candidates=min_candidates,
        exempt=exempt,
    )
    made = _core.suppress_tables(_named(tables, by, count), count, rule, json.dumps(options), told(progress))
    return {
        name: SuppressionResult(one, table, count or "n")
        for (name, table), one in zip(tables.items(), made, strict=True)
    }


def audit_linked(
    tables: Mapping[str, Any],
    *,
    by: Mapping[str, Sequence[str] | str],
    count: str,
    marker: str | Sequence[str] = (),
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    zeros: Literal["keep", "hide"] = "keep",
    threshold: int = 5,
    round_to: int | None = None,
    rounding: Literal["nearest", "midpoint", "random"] = "nearest",
    left_out: Literal["zero", "hidden"] = "zero",
    min_candidates: int | Literal["whole"] = 3,
    earlier: Sequence[Mapping[str, Any]] = (),
    earlier_counts: Literal["same", "grown"] = "same",
    progress: Callable[[str, int, int], object] | None = None,
) -> dict[str, TableAudit]:
    """Say for each hidden cell of several finished tables what a reader of all of them can infer about it.

    What ``audit_table`` does for one table, with the cells that ``suppress_linked`` takes as the same. What is known
    of such a cell is what all tables together say. It takes your word that all tables count the same people.

    Parameters
    ----------
    tables, by
        As in ``suppress_linked``.
    count
        The column of cells as written, the same in every table.
    earlier
        Earlier releases that readers may have kept, the oldest first: for each the tables that were published then, by
        name. A release need not have all of them; a name has the same key columns in every release.
    marker, total, hierarchies, zeros, threshold, round_to, rounding, left_out, min_candidates, earlier_counts, progress
        As in ``audit_table``.

    Raises
    ------
    PolicyError
        ``policy.linked_tables_differ`` if what the tables of one release say cannot all be true; and those of
        ``audit_table``.
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> sex = {"sex": ["F", "M"], "n": ["*", "50"]}
    >>> age = {"age": ["0-39", "40+"], "n": ["20", "33"]}
    >>> audits = ig.audit_linked(
    ...     {"by sex": sex, "by age": age}, by={"by sex": "sex", "by age": "age"}, count="n"
    ... )
    >>> audits["by sex"].cells()["upper"]
    [3]

    """
    if not isinstance(tables, Mapping):
        raise not_usable("tables", "a mapping of names to tables")
    if not isinstance(count, str):
        raise not_usable("count", "the name of a column")
    markers = markers_of(marker)
    before, what = releases(earlier, earlier_counts)
    if not all(isinstance(release, Mapping) and set(release) <= set(tables) for release in before):
        raise not_usable(
            "earlier", "a list of mappings of the names of tables to what they were, the oldest first"
        )
    options = audit_options(
        as_plain_of(hierarchies, tables),
        margins="given",
        total=total,
        zeros=zeros,
        threshold=threshold,
        round_to=round_to,
        rounding=rounding,
        left_out=left_out,
        min_candidates=min_candidates,
    )
    written = [{name: as_written(table, count) for name, table in some.items()} for some in (tables, *before)]
    now, *then = [_named(some, {name: by[name] for name in some} if some else by, count) for some in written]
    made = _core.audit_finished_tables(now, count, markers, json.dumps(options), (then, what), told(progress))
    return {name: TableAudit(one, table) for (name, table), one in zip(tables.items(), made, strict=True)}


def _named(
    tables: Mapping[str, Any], by: Mapping[str, Sequence[str] | str], count: str | None
) -> list[tuple[str, Any, list[str]]]:
    """Return for each table its name, the columns that are needed, and the key columns."""
    if not isinstance(by, Mapping) or set(by) != set(tables):
        expected = "the key columns of every table, by the names of the tables"
        message = f"by: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": "by", "expected": expected})
    made = []
    for name, table in tables.items():
        keys = key_columns(by[name], count)
        made.append((name, only(table, [*keys, *([count] if count else [])]), keys))
    return made
