"""Rates of tables: a numerator, a denominator, and the rest that the two give away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import like, only
from nhs_ig._table_arguments import as_policy, key_columns, suppress_options, told
from nhs_ig.errors import MisuseError
from nhs_ig.table_audits import TableAudit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MOST_PER = 2**32 - 1
_MOST_DECIMALS = 9


class RatesResult:
    """A suppressed table of rates, in two views of which only one may leave."""

    __slots__ = ("_counts", "_original", "_rates")

    def __init__(self, rates: _core.RatesHandle, original: Any, counts: tuple[str, str]) -> None:
        """Keep the table of the core and the kind of table it came from."""
        self._rates = rates
        self._original = original
        self._counts = counts

    def publish(self) -> Any:
        """Return what may leave: keys, both counts and the rate (null where hidden), each with its display."""
        return like(self._rates.publish(), self._original, *self._counts)

    def owner(self) -> Any:
        """Return the data owner's view, with ``<count>_status`` and ``rest_status``: never release it."""
        return like(self._rates.owner(), self._original, *self._counts)

    @property
    def audit(self) -> TableAudit:
        """What can be inferred about each small part, told apart by a column ``part``; for the data owner."""
        return TableAudit(self._rates, self._original)

    def __repr__(self) -> str:
        """Show the verdict only."""
        return f"RatesResult(audit={self.audit.verdict!r})"


def suppress_rates(
    table: Any,
    *,
    by: Sequence[str] | str,
    numerator: str,
    denominator: str,
    policy: str | _core.SuppressionPolicy,
    rate_per: int = 100,
    decimals: int = 1,
    secondary: Literal["none", "exact", "interval"] | None = None,
    margins: Literal["none", "given", "all"] = "none",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
    min_candidates: int | Literal["whole"] = 3,
    exempt: Mapping[str, str] | None = None,
    progress: Callable[[str, int, int], object] | None = None,
) -> RatesResult:
    """Protect numerators and denominators with their rates, by a named disclosure rule.

    Numerator, rest (denominator less numerator) and denominator are three cells of one sum, so what ``suppress``
    guarantees holds for all of them. The rest is never listed, but it counts as small when it is, since the other two
    give it. A rate is published only when both its parts are: beside a known denominator it gives the numerator back.
    It is worked out from the parts as published, in whole numbers, half of the last digit rounded up.

    It does not protect against rates or denominators that are published elsewhere.

    Parameters
    ----------
    table
        As in ``suppress``, one row a cell.
    by
        The key columns; none may be called ``part`` or ``rate``.
    numerator, denominator
        The columns of whole numbers; those in the numerator are among those in the denominator.
    rate_per
        The rate is for this many of the denominator: 100 for a percentage.
    decimals
        Digits after the point, 0 to 9.
    policy, secondary, margins, total, hierarchies, min_candidates, exempt, progress
        As in ``suppress``.

    Raises
    ------
    PolicyError
        ``policy.numerator_too_large`` with the row; ``policy.margins_unavailable`` for a rule that makes totals from
        rounded parts; and those of ``suppress``.
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"site": ["A", "B"], "deaths": [3, 20], "cases": [50, 160]}
    >>> rates = ig.suppress_rates(table, by="site", numerator="deaths", denominator="cases", policy="under5")
    >>> rates.publish()["rate_display"], rates.publish()["cases_display"]
    (['*', '12.5'], ['50', '160'])

    """
    for name, value, most in [("rate_per", rate_per, _MOST_PER), ("decimals", decimals, _MOST_DECIMALS)]:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            expected = f"a whole number up to {most}"
            raise MisuseError(
                f"{name}: expected {expected}", "misuse.argument", {"name": name, "expected": expected}
            )
    rule = as_policy(policy)
    keys = key_columns(by, numerator)
    options = suppress_options(
        table,
        secondary=secondary,
        margins=margins,
        total=total,
        hierarchies=hierarchies,
        min_candidates=min_candidates,
        exempt=exempt,
    )
    made = _core.suppress_rate_table(
        only(table, [*keys, numerator, denominator]),
        keys,
        (numerator, denominator),
        (rate_per, decimals),
        rule,
        json.dumps(options),
        told(progress),
    )
    return RatesResult(made, table, (numerator, denominator))
