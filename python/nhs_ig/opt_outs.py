"""Opt-outs on tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect
from nhs_ig._columns import act, apply
from nhs_ig._frames import has_rows_of_its_own, like, only, staying, to_arrow
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

OptOutList = _core.NotOptedOut | _core.OptedOut


class OptOutCounts(NamedTuple):
    """Rows by what the opt-outs mean for them; the last four add up to the first."""

    rows_in: int
    kept: int
    opted_out: int
    no_valid_number: int
    not_checked: int


def read_check_file(path: str | PathLike[str]) -> bytes:
    """Read a request or response file of the check service, for ``NotOptedOut.from_check_service``.

    Raises
    ------
    MisuseError
        ``misuse.unreadable``

    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        name = Path(path).name
        message = f"{name} cannot be read: {error.strerror}"
        raise MisuseError(message, "misuse.unreadable", {"file": name}) from None


def exclude_opted_out(
    table: Any,
    opt_outs: OptOutList | Iterable[OptOutList],
    *,
    id: str = "nhs_number",  # noqa: A002 - the name of the contract
    decision: _core.Decision | None = None,
    on: dt.date | None = None,
    unchecked: Literal["raise", "withhold"] = "raise",
    max_age_days: int = 21,
) -> Any:
    """Leave the rows of people who opted out away, and return a table of the same kind.

    Fails closed. Without a ``decision`` the National Data Opt-Out applies: there must be the check service's answer,
    not older than ``max_age_days``, and every valid number must have been submitted to it. Rows without a valid
    number are left out too; ``count_opt_outs`` says how many of each.

    It does not find the same person under another number, nor undo an earlier release.

    Raises
    ------
    AccessError
        ``opt_out.no_list``, ``opt_out.wrong_kind``, ``opt_out.stale``, ``opt_out.dated_in_future``,
        ``opt_out.not_checked``
    MisuseError
        ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    """
    kept, _ = _run(table, opt_outs, id, decision, on, unchecked, max_age_days)
    return staying(table, kept) if has_rows_of_its_own(table) else like(kept, table)


class OptOutFilter:
    """Opt-out lists made ready for columns and query plans, under the ruling of a decision.

    Plans and pickles name it by a random id and hold neither list nor number. It stays in this process, with its lists
    in memory, until ``forget()`` or the end of a ``with`` block; plans made before can then no longer run
    (``opt_out.filter_unavailable``). It is made for one day: a plan that is run later still uses the lists of that day.

    Parameters
    ----------
    opt_outs
        The check service's answer (``NotOptedOut``) and any deny-lists (``OptedOut``).
    decision
        The decision of an agreement; without one the National Data Opt-Out applies.
    on
        The day of use; left out, today.
    unchecked
        ``"raise"``: a valid number that was never checked stops the run; ``"withhold"``: its row does not stay.
    max_age_days
        The oldest answer of the check service that may be used.

    Raises
    ------
    AccessError
        ``opt_out.no_list``, ``opt_out.wrong_kind``, ``opt_out.stale``, ``opt_out.dated_in_future``

    """

    __slots__ = ("_filter",)

    def __init__(
        self,
        opt_outs: OptOutList | Iterable[OptOutList],
        *,
        decision: _core.Decision | None = None,
        on: dt.date | None = None,
        unchecked: Literal["raise", "withhold"] = "raise",
        max_age_days: int = 21,
    ) -> None:
        """Check that the lists suffice, and keep them in this process."""
        self._filter = _core.OptOutFilter(
            as_lists(opt_outs),
            decision=decision,
            on=on or dt.date.today(),  # noqa: DTZ011 - a calendar day where the data is held
            unchecked=unchecked,
            max_age_days=max_age_days,
        )

    @property
    def id(self) -> str:
        """The random id that plans name it by."""
        return self._filter.id

    def forget(self) -> bool:
        """Take it out of this process; say whether it was there."""
        return self._filter.forget()

    def __enter__(self) -> OptOutFilter:  # noqa: PYI034 - typing.Self came with Python 3.11
        """Use it for a block of code."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget it."""
        self.forget()

    def __repr__(self) -> str:
        """Show the id only."""
        return f"OptOutFilter(id={self.id!r})"


def may_stay(column: Any, opt_outs: OptOutFilter) -> Any:
    """Say for each NHS number whether the row of this person may stay; never null.

    In Polars, ``frame.filter(pl.col("nhs_number").ig.may_stay(opt_outs))`` leaves away everybody who opted out,
    eagerly, lazily and streaming. Missing and invalid numbers may not stay wherever a list would have to be asked
    about them.

    An engine hands over one batch at a time: numbers that were never checked are counted for that batch only, and
    a query that stops has written nothing only if its sink says so. ``exclude_opted_out`` and ``release`` look at all
    rows.

    Raises
    ------
    AccessError
        ``opt_out.not_checked``, ``opt_out.filter_unavailable``
    MisuseError
        ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import datetime as dt
    >>> import nhs_ig as ig
    >>> people = ["9990000018", "9990000026"]
    >>> answer = ig.NotOptedOut.from_check_service(people, people[:1], checked_at=dt.date.today())
    >>> with ig.OptOutFilter(answer) as opt_outs:
    ...     ig.may_stay(["999 000 0018", "9990000026", None], opt_outs)
    [True, False, False]

    """
    expect("opt_outs", opt_outs, OptOutFilter, "an OptOutFilter")
    return apply(column, act("may_stay", filter_id=opt_outs.id))


def count_opt_outs(
    table: Any,
    opt_outs: OptOutList | Iterable[OptOutList],
    *,
    id: str = "nhs_number",  # noqa: A002 - the name of the contract
    decision: _core.Decision | None = None,
    on: dt.date | None = None,
    max_age_days: int = 21,
) -> OptOutCounts:
    """Count the rows that ``exclude_opted_out`` keeps and leaves out, by reason.

    Numbers that were never checked are counted, not raised. The counts hold no identifiers.

    Raises
    ------
    AccessError
        ``opt_out.no_list``, ``opt_out.wrong_kind``, ``opt_out.stale``, ``opt_out.dated_in_future``

    """
    _, counts = _run(table, opt_outs, id, decision, on, "withhold", max_age_days)
    return OptOutCounts(**counts)


def _run(
    table: Any,
    opt_outs: OptOutList | Iterable[OptOutList],
    column: str,
    decision: _core.Decision | None,
    on: dt.date | None,
    unchecked: str,
    max_age_days: int,
) -> tuple[_core.Table, dict[str, int]]:
    own = has_rows_of_its_own(table)
    act = _core.rows_that_stay if own else _core.exclude_opted_out
    return act(
        only(table, [column]) if own else to_arrow(table),
        as_lists(opt_outs),
        id=column,
        decision=decision,
        on=on or dt.date.today(),  # noqa: DTZ011 - a calendar day where the data is held
        unchecked=unchecked,
        max_age_days=max_age_days,
    )


def as_lists(opt_outs: OptOutList | Iterable[OptOutList]) -> list[OptOutList]:
    """Return one or several lists as a list."""
    return [opt_outs] if isinstance(opt_outs, (_core.NotOptedOut, _core.OptedOut)) else list(opt_outs)
