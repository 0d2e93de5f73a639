"""Suppression of small numbers in tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import the_key
from nhs_ig._columns import act, apply
from nhs_ig._frames import like, only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import (
    as_policy,
    key_columns,
    needed,
    not_usable,
    releases,
    suppress_options,
    told,
    wide_columns,
)
from nhs_ig.table_audits import TableAudit, as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class SuppressionResult:
    """A suppressed table, in two views of which only one may leave.

    ``counts`` is the pair of cells published and hidden; ``audit`` is what the auditor, which shares no code with the
    choice of cells, says of each small count. The audit is for the data owner.
    """

    __slots__ = ("_count", "_original", "_suppressed")

    def __init__(self, suppressed: _core.Suppressed, original: Any, count: str) -> None:
        """Keep the table of the core and the kind of table it came from."""
        self._suppressed = suppressed
        self._original = original
        self._count = count

    def publish(self) -> Any:
        """Return what may leave: key columns, nullable count, and ``<count>_display`` with one marker."""
        return like(self._suppressed.publish(), self._original, self._count)

    def owner(self) -> Any:
        """Return the data owner's view, with ``<count>_status``: it tells which cells are small, never release it."""
        return like(self._suppressed.owner(), self._original, self._count)

    @property
    def counts(self) -> tuple[int, int]:
        """Cells published and hidden."""
        return self._suppressed.counts

    @property
    def audit(self) -> TableAudit:
        """What can be inferred about each small count from the published view; for the data owner."""
        return TableAudit(self._suppressed, self._original)

    def __repr__(self) -> str:
        """Show sizes only."""
        published, hidden = self.counts
        return f"SuppressionResult(published={published}, hidden={hidden}, audit={self.audit.verdict!r})"


class WideSuppressionResult(SuppressionResult):
    """The result of a wide table: what may leave has its shape again."""

    __slots__ = ("_keys",)

    def __init__(self, suppressed: _core.Suppressed, original: Any, count: str, keys: list[str]) -> None:
        """Keep the key columns too."""
        super().__init__(suppressed, original, count)
        self._keys = keys

    def publish(self) -> Any:
        """Return what may leave, as wide as it came: key columns, and text with one marker in the columns of counts.

        They are text so that no hidden cell can be read as zero or as empty; ``publish_long`` has numbers.
        """
        return like(self._suppressed.publish_wide(), self._original, keys=self._keys)

    def publish_long(self) -> Any:
        """Return what may leave, one row a cell: key columns, nullable count ``n``, and ``n_display``."""
        return super().publish()


def suppress(
    table: Any,
    *,
    by: Sequence[str] | str,
    policy: str | _core.SuppressionPolicy,
    count: str | None = None,
    wide: Mapping[str, Sequence[str]] | None = None,
    secondary: Literal["none", "exact", "interval"] | None = None,
    margins: Literal["none", "given", "reconciled", "all"] = "none",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    min_candidates: int | Literal["whole"] = 3,
    exempt: Mapping[str, str] | None = None,
    earlier: Sequence[Any] = (),
    earlier_counts: Literal["same", "grown"] = "same",
    key: _core.Key | _core.KeyRing | None = None,
    context: str | None = None,
    kind: str = "count",
    progress: Callable[[str, int, int], object] | None = None,
) -> SuppressionResult:
    """Hide small counts of a table and what would give them back, and round the others, by a named disclosure rule.

    The same table and rule always give the same pattern, whatever the order of rows. Hidden counts are null, never 0
    or -1, and the published view does not tell small counts from cells that only protect them. An auditor that shares
    no code with the choice of cells checks the outcome; if a small count is not protected, nothing is returned.

    It does not protect against totals that are published elsewhere, other tables over the same people, or earlier
    releases that are not given. At level ``"none"`` totals give hidden cells back, and ``.audit`` says where.

    Parameters
    ----------
    table
        A Polars or pandas DataFrame, an Arrow table or a dictionary of lists, one row a cell; or one row a person
        if ``count`` is left out.
    by
        The key columns.
    policy
        A preset (``"hes"``, ``"opensafely"``, ``"midpoint6"``, ``"mhsds"``, ``"uk_llc"``, ``"under5"``,
        ``"under10"``, ``"acro"``) or a ``SuppressionPolicy``.
    count
        The column of whole numbers; left out, rows are counted into a column ``n``.
    wide
        For a table with a column of counts for each category, instead of ``count``: the name of the dimension that
        these columns make, and the columns, such as ``{"month": ["Jan", "Feb"]}``. A column whose name is ``total`` is
        their total. What ``publish()`` gives then has the same shape, its cells as text; ``publish_long()``,
        ``owner()`` and ``audit`` have one row a cell, with the dimension beside the key columns and the count ``n``.
    secondary
        ``"none"``: small counts alone are hidden. ``"exact"``: none is a sum or difference of published cells.
        ``"interval"``: nor can one be narrowed to fewer than ``min_candidates`` whole numbers. Left out, the rule's
        own level.
    margins
        ``"none"``: the table has no totals, and none will be published. ``"given"``: it has them, and they must be
        the sums of their parts; ``"reconciled"``: totals that are not are replaced. ``"all"``: every total is added,
        and the result is the whole cross of the categories.
    total
        The key that marks a row of totals.
    hierarchies
        For a key column, how its categories nest: pairs ``(parent, child)``, a mapping of child to parent, the names
        of columns of the table from the lowest level upwards, or a list of such where areas overlap.
    min_candidates
        How many whole numbers must stay possible for each small count at level ``"interval"``, or as many as the
        rule hides if these are fewer; ``"whole"``: all that the rule hides.
    exempt
        Rows that the rule's source lets through, such as ``{"region": "England"}``; the key must be there.
    earlier
        Earlier releases of the table that readers may have kept, the oldest first: finished tables with markers as in
        ``audit_table``, with the same columns. At the levels ``"exact"`` and ``"interval"``, what is published now and
        what was published then give no small count back together; a cell that was shown once is shown again. If that
        is not possible, nothing is returned (``policy.not_protected``).
    earlier_counts
        ``"same"``: the earlier releases show the same counts. ``"grown"``: counts can only have grown since
        (cumulative counts), and what a row grew by is a small count of its own where it is one.
    key, context, kind
        For a rule that rounds at random (``rounding="random"``), and for no other: as in ``round_randomly``. The
        auditor takes a count that is shown for any that is less than one base away. Such a rule takes no ``earlier``.
    progress
        Called in long runs with the stage (``"choosing"`` or ``"auditing"``), the steps done and the steps in all;
        an exception that it raises ends the run.

    Raises
    ------
    PolicyError
        ``policy.unknown_preset``, ``policy.not_protected``, ``policy.inconsistent_table``,
        ``policy.margins_unavailable``, ``policy.total_row_found``, ``policy.total_row_missing``,
        ``policy.hierarchy_ambiguous``, ``policy.hierarchy_incomplete``, ``policy.primary_given_away``,
        ``policy.duplicate_cell``, ``policy.negative_count``, ``policy.missing_count``, ``policy.count_too_large``,
        ``policy.table_too_large``, ``policy.exemption_unavailable``, ``policy.not_a_cell``, ``policy.releases_differ``
        if an earlier release and the counts cannot both be true, ``policy.rounding_needs_key``
    KeyError
        ``key.purpose``, ``key.pending``, ``key.retired``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"org": ["A", "B", "C"], "n": [3, 12, 40]}
    >>> ig.suppress(table, by="org", count="n", policy="hes").publish()
    {'org': ['A', 'B', 'C'], 'n': [None, 10, 40], 'n_display': ['*', '10', '40']}
    >>> result = ig.suppress(table, by="org", count="n", policy="under5", margins="all")
    >>> result.publish()["n_display"]
    ['*', '*', '40', '55']
    >>> result.audit.verdict
    'protected'
    >>> months = {"org": ["A", "B"], "Jan": [3, 20], "Feb": [15, 30]}
    >>> result = ig.suppress(months, by="org", wide={"month": ["Jan", "Feb"]}, policy="under5", margins="all")
    >>> result.publish()
    {'org': ['A', 'B', 'Total'], 'Jan': ['*', '*', '23'], 'Feb': ['*', '*', '45'], 'Total': ['18', '50', '68']}

    """
    rule = as_policy(policy)
    keys = key_columns(by, count)
    columns = wide_columns(wide, count)
    options = suppress_options(
        table,
        secondary=secondary,
        margins=margins,
        total=total,
        hierarchies=hierarchies,
        min_candidates=min_candidates,
        exempt=exempt,
    )
    before, what = releases(earlier, earlier_counts)
    if before and count is None and columns is None:
        raise not_usable(
            "earlier", "a count or wide beside it; rows are counted here, and a release has counts"
        )
    names = needed(keys, count, columns)
    cells = [name for name in names if name not in keys]
    suppressed = _core.suppress_table(
        only(table, names),
        keys,
        count,
        columns,
        rule,
        json.dumps(options),
        ([only(as_written(release, *cells), names) for release in before], what),
        _keyed(key, context, kind),
        told(progress),
    )
    if columns is not None:
        return WideSuppressionResult(suppressed, table, "n", keys)
    return SuppressionResult(suppressed, table, count or "n")


def _keyed(key: Any, context: Any, kind: Any) -> tuple[_core.Key, str, str] | None:
    """Return what rounds at random, or nothing."""
    if key is None and context is None:
        return None
    if not isinstance(context, str) or not isinstance(kind, str):
        raise not_usable("context", "text, together with a key; and a kind that is text")
    return the_key(key), context, kind


def suppress_primary(
    counts: Any,
    *,
    policy: str | _core.SuppressionPolicy,
    on_invalid: Literal["raise", "null"] = "raise",
) -> Any:
    """Hide the small counts of a column, each looked at alone, and round the others, by a named disclosure rule.

    Whole numbers in, whole numbers or null out; also as the Polars expression ``pl.col("n").ig.suppress_primary(...)``.

    This is **not enough** where any total of these counts is published, in the same table or elsewhere: a hidden count
    comes back as the total minus the rest. Use ``suppress`` on the whole table for that. No marker, status or audit
    comes with it.

    Raises
    ------
    PolicyError
        ``policy.unknown_preset``
    MisuseError
        ``misuse.column_type`` for a column that is not of whole numbers, ``misuse.argument`` for a rule that rounds at
        random
    IdentifierError
        ``identifier.invalid_cells`` for negative counts

    Examples
    --------
    >>> import nhs_ig as ig
    >>> ig.suppress_primary([0, 3, 12, None], policy="hes")
    [0, None, 10, None]

    """
    rule = as_policy(policy)
    settings = {name: rule.to_dict()[name] for name in ("threshold", "zeros", "rounding")}
    return apply(counts, act("suppress_primary", rule=settings, on_invalid=on_invalid))


def frequency_table(
    table: Any,
    *,
    by: Sequence[str] | str,
    count: str | None = None,
    margins: Literal["none", "all"] = "all",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
) -> Any:
    """Count rows by key columns, with every total, for the data owner: nothing is hidden.

    The result is the whole cross of the categories, combinations that no row has as zero; with ``margins="none"`` it
    has just the combinations that occur. Rows are counted, not people: leave one row a person first. With ``count``,
    the counts of that column are added up instead.

    Pass the same arguments to ``suppress`` to get the table that may leave.

    Raises
    ------
    PolicyError
        ``policy.total_row_found``, ``policy.hierarchy_ambiguous``, ``policy.hierarchy_incomplete``,
        ``policy.negative_count``, ``policy.count_too_large``, ``policy.table_too_large``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> people = {"site": ["A", "A", "B"], "sex": ["F", "M", "F"]}
    >>> ig.frequency_table(people, by=["site", "sex"])["n"]
    [1, 1, 2, 1, 0, 1, 2, 1, 3]

    """
    keys = key_columns(by, count)
    if margins not in ("none", "all"):
        raise not_usable("margins", "none or all")
    options = {"margins": margins, "total_label": total, "hierarchies": as_plain(hierarchies, table)}
    counted = _core.count_table(
        only(table, [*keys, *([count] if count else [])]), keys, count, json.dumps(options)
    )
    return like(counted, table, count or "n")
