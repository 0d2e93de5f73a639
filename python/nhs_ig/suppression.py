"""Suppression of small numbers in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import like, only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SuppressionResult:
    """A suppressed table, in two views of which only one may leave.

    ``counts`` is the pair of cells published and hidden; ``audit`` says what the auditor found
    (``"not_audited"`` in this version: each cell was tested alone).
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
    def audit(self) -> Any:
        """The auditor's verdict."""
        return self._suppressed.audit

    def __repr__(self) -> str:
        """Show sizes only."""
        published, hidden = self.counts
        return f"SuppressionResult(published={published}, hidden={hidden}, audit={self.audit!r})"


def suppress(
    table: Any,
    *,
    by: Sequence[str] | str,
    policy: str | _core.SuppressionPolicy,
    count: str | None = None,
    secondary: Literal["none", "exact", "interval"] | None = None,
    margins: Literal["none", "given", "all"] = "none",
    total: str = "Total",
    exempt: Mapping[str, str] | None = None,
) -> SuppressionResult:
    """Hide small counts of a table and round the others, by a named disclosure rule.

    The same table and rule always give the same pattern. Hidden counts are null, never 0 or -1.

    It does not protect against totals that are published elsewhere, other tables over the same people, or earlier
    releases: in this version each cell is tested alone. Rules that need secondary suppression are refused unless
    you pass ``secondary="none"``, and a row that looks like a total is refused unless you state it with
    ``margins="given"``.

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
    secondary
        The level of secondary suppression; left out, the rule's own. Only ``"none"`` exists in this version.
    margins
        Whether the table has rows of totals. ``"all"`` (add every total) does not exist in this version.
    total
        The key that marks a row of totals.
    exempt
        Rows that the rule's source lets through, such as ``{"region": "England"}``.

    Raises
    ------
    PolicyError
        ``policy.unknown_preset``, ``policy.secondary_unavailable``, ``policy.margins_unavailable``,
        ``policy.total_row_found``, ``policy.duplicate_cell``, ``policy.negative_count``,
        ``policy.missing_count``, ``policy.count_too_large``, ``policy.exemption_unavailable``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"org": ["A", "B", "C"], "n": [3, 12, 0]}
    >>> ig.suppress(table, by="org", count="n", policy="hes").publish()
    {'org': ['A', 'B', 'C'], 'n': [None, 10, 0], 'n_display': ['*', '10', '0']}

    """
    rule = _core.SuppressionPolicy.preset(policy) if isinstance(policy, str) else policy
    keys = [by] if isinstance(by, str) else list(by)
    suppressed = _core.suppress_table(
        only(table, [*keys, *([count] if count else []), *(exempt or {})]),
        by=keys,
        count=count,
        policy=rule,
        secondary=secondary,
        margins=margins,
        total=total,
        exempt=list((exempt or {}).items()),
    )
    return SuppressionResult(suppressed, table, count or "n")
