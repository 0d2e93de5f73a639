"""The audit of finished tables: what a reader can infer about hidden cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import like, only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import (
    audit_options,
    key_columns,
    markers_of,
    needed,
    not_usable,
    releases,
    told,
    wide_columns,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class TableAudit:
    """What can be inferred about hidden cells. For the data owner: it holds ranges and calculations.

    ``verdict`` is ``"protected"``, ``"not_protected"`` or ``"undecided"``, as far as this table alone goes.
    ``summary`` has the numbers of cells: ``audited``, ``not_safe``, ``exact`` (an outsider can compute them),
    ``too_narrow`` (an outsider can narrow them too far), ``undecided``, ``by_contributor``
    (somebody in a cell of 1 can compute them) and ``by_pooling`` (all of these together can).
    """

    __slots__ = ("_audited", "_original")

    def __init__(self, audited: _core.Suppressed | _core.Audited | _core.RatesHandle, original: Any) -> None:
        """Keep the audit of the core and the kind of table it came from."""
        self._audited = audited
        self._original = original

    @property
    def summary(self) -> dict[str, Any]:
        """The verdict and the numbers of cells."""
        return dict(self._audited.audit_summary())

    @property
    def verdict(self) -> str:
        """``"protected"``, ``"not_protected"`` or ``"undecided"``."""
        return str(self.summary["verdict"])

    def cells(self) -> Any:
        """Return one row for each audited cell, as the kind of table that went in.

        Ranges are worked out as far as the verdict needs: at level ``"exact"`` no further than what sums give.

        Beside the key columns: ``lower`` and ``upper`` (null without limit), ``verdict``
        (``safe|exact|too_narrow|undecided``), ``method``, ``by_sums``, ``by_contributor``, ``by_pooling``, and
        ``reason``, a calculation to be checked by hand.
        """
        return like(self._audited.audited_cells(), self._original)

    def __repr__(self) -> str:
        """Show the numbers of cells only."""
        return f"TableAudit({', '.join(f'{name}={value!r}' for name, value in self.summary.items())})"


def as_written(table: Any, *cells: str) -> Any:
    """Return the table with its cells as text, where numbers and markers stand in one column of Python objects."""
    if isinstance(table, dict):
        lists = [name for name in cells if isinstance(table.get(name), (list, tuple))]
        return {**table, **{name: [_text(cell) for cell in table[name]] for name in lists}}
    if type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns"):
        there = [name for name in cells if list(table.columns).count(name) == 1]
        # A floating column is one of whole numbers with gaps.
        mixed = [name for name in there if table[name].dtype == object or table[name].dtype.kind == "f"]
        return table.assign(**{name: [_text(cell) for cell in table[name]] for name in mixed})
    return table


def _text(cell: Any) -> str | None:
    if cell is None or cell != cell:  # noqa: PLR0124 - pandas' missing values are not equal to themselves
        return None
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def audit_table(
    table: Any,
    *,
    by: Sequence[str] | str,
    count: str | None = None,
    wide: Mapping[str, Sequence[str]] | None = None,
    marker: str | Sequence[str] = (),
    margins: Literal["given", "none"] = "given",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    zeros: Literal["keep", "hide"] = "keep",
    threshold: int = 5,
    round_to: int | None = None,
    rounding: Literal["nearest", "midpoint", "random"] = "nearest",
    left_out: Literal["zero", "hidden"] = "zero",
    min_candidates: int | Literal["whole"] = 3,
    earlier: Sequence[Any] = (),
    earlier_counts: Literal["same", "grown"] = "same",
    progress: Callable[[str, int, int], object] | None = None,
) -> TableAudit:
    """Say for each hidden cell of a finished table what a reader can infer about it, whoever made the table.

    The reader is assumed to know the published numbers, that counts are whole and not negative (1 or more where zeros
    are shown), the ranges that markers such as ``<5`` state, and the base of rounding. Which hidden cells are small is
    not known, so the verdict is about every hidden cell, those that only protect others too.

    It does not know other tables over the same people (``audit_linked`` does), earlier releases that are not given,
    or anything about persons.

    Parameters
    ----------
    table
        A Polars or pandas DataFrame, an Arrow table or a dictionary of lists, one row a cell.
    by
        The key columns.
    count
        The column of cells as written: whole numbers, ranges such as ``<5``, ``1 to 4`` or ``10+``, and markers
        (``*``, ``[c]``, ``c``, ``x``, ``[REDACTED]``, ``NA``, blank, null and the like).
    wide
        As in ``suppress``, for a table with a column of cells for each category, instead of ``count``.
    marker
        Markers of hidden cells beside the usual ones; each is read as hidden even if it looks like a number.
    margins
        ``"given"``: rows with the key ``total``, and parents in ``hierarchies``, are totals. ``"none"``: there are
        none.
    total
        The key that marks a row of totals.
    hierarchies
        As in ``suppress``.
    zeros
        ``"keep"``: zeros are shown, so a hidden cell is 1 or more. ``"hide"``: it may be zero.
    threshold
        Counts from 1 to ``threshold - 1`` were to be hidden.
    round_to, rounding
        How shown numbers were rounded.
    left_out
        What combinations that the table leaves out mean: nobody, or a hidden cell.
    min_candidates
        How many whole numbers must stay possible, or as many as the rule hides if these are fewer; ``"whole"``: all
        that the rule hides.
    earlier
        Earlier releases of the table that readers may have kept, the oldest first, with the same columns.
    earlier_counts
        ``"same"``: the earlier releases show the same counts, hidden in another way, so what is known of a cell is
        what all of them together show. ``"grown"``: they are of some time before and counts can only have grown
        (cumulative counts). Then hidden cells of every release are audited, and the growth of each row from one to
        the next, which is a small count of its own: ``cells()`` has a column ``about`` (``now|earlier|growth``). A
        row of an earlier release must still be in the table.
    progress
        As in ``suppress``.

    Raises
    ------
    PolicyError
        ``policy.inconsistent_table`` if no counts at all could look like this table; ``policy.releases_differ`` if
        what the releases show cannot all be true; ``policy.not_a_cell``, ``policy.duplicate_cell``,
        ``policy.total_row_found``, ``policy.total_row_missing``, ``policy.hierarchy_ambiguous``,
        ``policy.hierarchy_incomplete``, ``policy.table_too_large``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"site": ["A", "B", "Total"], "n": ["*", "42", "65"]}
    >>> audit = ig.audit_table(table, by="site", count="n")
    >>> audit.verdict
    'not_protected'
    >>> audit.cells()["lower"], audit.cells()["upper"]
    ([23], [23])
    >>> june, july = {"site": ["A"], "n": ["10"]}, {"site": ["A"], "n": ["12"]}
    >>> earlier = {"earlier": [june], "earlier_counts": "grown", "margins": "none"}
    >>> audit = ig.audit_table(july, by="site", count="n", **earlier)
    >>> audit.cells()["about"], audit.cells()["lower"]
    (['growth'], [2])

    """
    keys = key_columns(by, count)
    columns = wide_columns(wide, count)
    if count is None and columns is None:
        raise not_usable("count", "the name of a column, or wide for several columns of cells")
    markers = markers_of(marker)
    before, what = releases(earlier, earlier_counts)
    options = audit_options(
        as_plain(hierarchies, table),
        margins=margins,
        total=total,
        zeros=zeros,
        threshold=threshold,
        round_to=round_to,
        rounding=rounding,
        left_out=left_out,
        min_candidates=min_candidates,
    )
    names = needed(keys, count, columns)
    cells = [name for name in names if name not in keys]
    audited = _core.audit_finished_table(
        only(as_written(table, *cells), names),
        keys,
        count or "n",
        columns,
        markers,
        json.dumps(options),
        ([only(as_written(release, *cells), names) for release in before], what),
        told(progress),
    )
    return TableAudit(audited, table)
