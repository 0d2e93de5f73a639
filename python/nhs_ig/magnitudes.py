"""Tables of magnitudes, such as costs and bed days: totals that give a contributor's value away are hidden."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import as_policy, key_columns, not_usable, told
from nhs_ig.suppression import SuppressionResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def suppress_magnitudes(
    rows: Any,
    *,
    by: Sequence[str] | str,
    value: str,
    contributor: str,
    policy: str | _core.SuppressionPolicy,
    holding: str | None = None,
    secondary: Literal["none", "exact", "interval"] | None = None,
    margins: Literal["none", "all"] = "none",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    few_range_percent: int = 10,
    progress: Callable[[str, int, int], object] | None = None,
) -> SuppressionResult:
    """Add contributions up to a table of totals, and hide those that give a contributor's value away.

    A total is unsafe by the policy's ``threshold`` (as the least number of contributors), ``max_share``, ``nk`` or
    ``p_percent``; totals of totals too. Hidden totals are null, and the published view does not tell unsafe ones from
    those that only protect them. An auditor that shares no code with the choice of cells checks the outcome; if an
    unsafe total is not protected, nothing is returned.

    At level ``"exact"`` no unsafe total is a sum or difference of published ones, also not for a contributor or holding
    that knows every hidden cell in which it is alone. At level ``"interval"`` the range that a reader can narrow it to
    also reaches up to the first total that would be safe, and as far down as the shape of the table allows.

    It does not protect against holdings that pool what they know, contributors who use ranges beside sums, totals
    published elsewhere, or other tables over the same contributions. Levels are those of ``suppress``; a policy that
    rounds counts is refused.

    Parameters
    ----------
    rows
        A Polars or pandas DataFrame, an Arrow table or a dictionary of lists, one row a contribution.
    by
        The key columns.
    value
        The column of whole numbers from 0, such as pence or bed days.
    contributor
        The column that tells contributors apart: a provider, a practice, a supplier.
    policy
        ``"acro"``, ``"under5"``, ``"under10"``, ``"uk_llc"`` or a ``SuppressionPolicy``.
    holding
        The column of who a contributor belongs to; contributors of one holding are taken as one. Null: nobody.
    secondary
        The level; left out, the policy's own.
    margins
        ``"all"``: every total is added and published or hidden. ``"none"``: there are none, and none will be published.
    total
        The key that marks a row of totals.
    hierarchies
        As for ``suppress``.
    few_range_percent
        How far, in per cent of its value, a total of too few contributors must stay open at level ``"interval"``; other
        rules say so themselves.
    progress
        As for ``suppress``.

    Raises
    ------
    PolicyError
        ``policy.not_for_magnitudes``, ``policy.not_protected``, ``policy.negative_value``,
        ``policy.missing_contribution``, ``policy.margins_unavailable``, ``policy.total_row_found``,
        ``policy.hierarchy_ambiguous``, ``policy.hierarchy_incomplete``, ``policy.unknown_preset``,
        ``policy.primary_given_away``, ``policy.count_too_large``, ``policy.table_too_large``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> rows = {
    ...     "site": ["A", "B", "B", "B", "C", "C", "C"],
    ...     "supplier": ["t", "u", "v", "w", "u", "v", "w"],
    ...     "pence": [900, 400, 400, 400, 700, 700, 700],
    ... }
    >>> policy = ig.SuppressionPolicy("costs", threshold=3, p_percent=10)
    >>> made = ig.suppress_magnitudes(
    ...     rows, by="site", value="pence", contributor="supplier", policy=policy, margins="all"
    ... )
    >>> made.publish()["pence_display"]
    ['*', '*', '2100', '4200']

    """
    rule = as_policy(policy)
    keys = key_columns(by, None)
    names = [value, contributor, *([] if holding is None else [holding])]
    if not all(isinstance(name, str) for name in names):
        raise not_usable("value, contributor or holding", "the name of a column")
    options = {
        "secondary": secondary,
        "margins": margins,
        "total_label": total,
        "hierarchies": as_plain(hierarchies, rows),
        "few_range_percent": few_range_percent,
    }
    suppressed = _core.suppress_contributions(
        only(rows, [*keys, *names]),
        keys,
        value,
        contributor,
        holding,
        rule,
        plain_text(options),
        told(progress),
    )
    return SuppressionResult(suppressed, rows, value)


def plain_text(options: dict[str, Any]) -> str:
    """Return settings as text; the core says which of them does not fit."""
    try:
        return json.dumps(options)
    except (TypeError, ValueError):
        raise not_usable(", ".join(options), "text, or a whole number where a number is meant") from None
