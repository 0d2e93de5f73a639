"""Opt-outs on tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._frames import has_rows_by_number, like, numbered, rows, to_arrow
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
    return rows(table, kept) if has_rows_by_number(table) else like(kept, table)


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
    return _core.exclude_opted_out(
        numbered(table, column) if has_rows_by_number(table) else to_arrow(table),
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
