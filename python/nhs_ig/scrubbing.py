"""Free text: personal data found and replaced by typed tags."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._columns import act, apply, as_column
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Sequence


def scrub_text(
    column: Any,
    *,
    names: _core.NameList | None = None,
    min_score: int = 50,
    kinds: Sequence[str] | None = None,
) -> Any:
    """Put tags such as ``[NHS NUMBER]`` in place of personal data in free text.

    The same text and settings give the same output, and scrubbing an output again changes nothing. The output is
    **not anonymous**: names that are not on the list, misspelt names and nicknames, relatives, rare diagnoses and
    events remain. Treat it as personal data.

    Parameters
    ----------
    column
        Free text: a Polars expression or Series, a pandas Series, an Arrow array, a list or one value. The same kind
        comes back; null stays null.
    names
        A list of names to look for.
    min_score
        Findings below this score, 1 to 100, stay. At 50 a valid run of ten digits is replaced even where nothing says
        what it is; 61 keeps it.
    kinds
        What to look for: ``nhs_number``, ``chi_number``, ``hc_number``, ``postcode``, ``phone``, ``email``, ``date``,
        ``gmc_number``, ``name``. All unless given.

    Raises
    ------
    MisuseError
        ``misuse.column_type``, ``misuse.argument``; ``misuse.names_unavailable`` or ``misuse.names_mismatch`` where a
        plan runs in a process without its name list.

    Examples
    --------
    >>> import nhs_ig as ig
    >>> ig.scrub_text("NHS No 999 000 0018, seen 3rd March 2024")
    'NHS No [NHS NUMBER], seen [DATE]'

    """
    return apply(column, act("scrub_text", **_settings(names, min_score, kinds)))


def scrub_findings(
    column: Any,
    *,
    names: _core.NameList | None = None,
    min_score: int = 50,
    kinds: Sequence[str] | None = None,
) -> Any:
    """Return what :func:`scrub_text` finds as a table, never the text.

    Columns: ``row`` (the first is 0), ``type``, ``start`` and ``end`` (characters of the text, as Python counts them),
    ``score`` (1 to 100) and ``reason``. A Polars Series gives a Polars DataFrame, a pandas Series a pandas DataFrame,
    other Arrow data a table of the same library, a list or one text a dictionary of lists. A Polars expression has no
    table as its result and is refused: collect the column first.

    Where people stand in a text is personal data as long as the text is at hand: keep the table with it.

    Raises
    ------
    MisuseError
        As :func:`scrub_text`.

    Examples
    --------
    >>> import nhs_ig as ig
    >>> ig.scrub_findings(["lives M13 9PL"])["type"]
    ['postcode']

    """
    settings = json.dumps(_settings(names, min_score, kinds))
    library = type(column).__module__.partition(".")[0]
    if column is None or isinstance(column, str):
        return _core.findings_in_list([column], settings).to_lists()
    if library == "polars" and type(column).__name__ != "Series":
        message = "a table of findings needs a column of data; collect the expression first"
        raise MisuseError(message, "misuse.column_type", {"expected": "a Series"})
    values = as_column(column)
    if isinstance(values, list):
        table = _core.findings_in_list(values, settings)
    else:
        table = _core.findings_in_column(values, settings)
    if library == "polars":
        import polars as pl

        return pl.DataFrame(table)
    if library == "pandas":
        import pandas as pd

        return pd.DataFrame(table.to_lists(), columns=table.column_names)
    if library == "pyarrow":
        return sys.modules["pyarrow"].table(table)
    return table.to_lists() if isinstance(column, (list, tuple)) or library == "numpy" else table


def _settings(names: Any, min_score: Any, kinds: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {"min_score": min_score}
    if kinds is not None:
        settings["kinds"] = [kinds] if isinstance(kinds, str) else list(kinds)
    if names is not None:
        if not isinstance(names, _core.NameList):
            message = (
                "names is not usable: expected a NameList, which keeps the names out of plans and errors"
            )
            raise MisuseError(message, "misuse.argument", {"name": "names", "expected": "a NameList"})
        settings["names"] = {"id": names.id, "check_value": names.check_value}
    return settings
