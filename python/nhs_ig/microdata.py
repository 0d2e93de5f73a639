"""Disclosure risk of microdata: how well rows hide among each other, and which generalisation makes them hide."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._frames import only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Distance = Literal["auto", "equal", "ordered"]


@dataclass(frozen=True)
class SensitiveRisk:
    """The worst class for one sensitive column.

    ``values`` counts distinct values in the table, ``l_distinct`` the fewest in a class; ``l_entropy`` is the least
    exponential of a class's entropy; ``t`` is the greatest distance of a class from the table, by ``distance``.
    """

    column: str
    values: int
    l_distinct: int
    l_entropy: float
    t: float
    distance: Literal["equal", "ordered"]


@dataclass(frozen=True, repr=False)
class MicrodataRisk:
    """Figures of one pass over a table: counts and measures, never a value or a row's content.

    A class is a combination of the quasi-identifiers; null is a value of its own. ``histogram`` gives the number of
    classes of each size. For the data owner: the histogram of a small table can itself tell that somebody is unique.
    """

    rows: int
    classes: int
    k: int
    uniques: int
    required_k: int
    classes_below: int
    rows_below: int
    histogram: dict[int, int]
    sensitive: dict[str, SensitiveRisk]

    @property
    def highest_risk(self) -> float:
        """The greatest chance of naming a row right for somebody who knows that the person is in the table: 1/k.

        This is the prosecutor of El Emam and Dankar (2008); for the journalist, who does not know it, it is at most
        this.
        """
        return 1 / self.k

    @property
    def average_risk(self) -> float:
        """The share of rows that somebody names right who names every row (the marketer): classes / rows."""
        return self.classes / self.rows

    @property
    def share_below(self) -> float:
        """The share of rows in classes smaller than the k asked for."""
        return self.rows_below / self.rows

    def __repr__(self) -> str:
        """Show sizes only."""
        return (
            f"MicrodataRisk(rows={self.rows}, classes={self.classes}, k={self.k}, uniques={self.uniques}, "
            f"rows_below_{self.required_k}={self.rows_below})"
        )


@dataclass(frozen=True)
class Uniqueness:
    """How many rows nobody shares: ``uniques`` of ``rows``."""

    rows: int
    uniques: int

    @property
    def share(self) -> float:
        """The share of rows that are unique."""
        return self.uniques / self.rows


@dataclass(frozen=True)
class Suggestion:
    """One combination of levels that reaches k, and what it costs.

    ``levels`` gives the chosen level of each column as it was offered, ``steps`` its place in the ladder from 0.
    ``k`` is the smallest of the ``classes`` that stay after ``rows_withheld`` rows are left out. ``height`` is the
    sum of the steps, ``precision_loss`` their mean share of the ladder (0 to 1), ``discernibility`` the sum of the
    squared class sizes, a withheld row counting as all rows.
    """

    levels: dict[str, Any]
    steps: dict[str, int]
    k: int
    classes: int
    rows_withheld: int
    height: int
    precision_loss: float
    discernibility: int


def microdata_risk(
    frame: Any,
    by: Sequence[str] | str,
    sensitive: Sequence[str] | str | None = None,
    *,
    k: int = 5,
    distance: Distance = "auto",
) -> MicrodataRisk:
    """Measure k, uniques, l and t of a table in one pass.

    Memory grows with distinct values and classes, not with rows; classes are compared value by value, never by a
    digest. A LazyFrame is collected, the named columns alone.

    It does not protect anybody: a table can be k-anonymous and still tell everybody's diagnosis, if all rows of a
    class have the same one (see ``l_distinct`` and ``t``), and columns that are not named are not looked at.

    Parameters
    ----------
    frame
        A Polars or pandas DataFrame, a LazyFrame, an Arrow table or a dictionary of lists, one row a person.
    by
        The quasi-identifiers: columns that others may know about a person.
    sensitive
        Columns that others must not learn.
    k
        The class size below which rows are at risk, from 2.
    distance
        The ground distance of t-closeness: ``"equal"``, ``"ordered"`` (numbers, dates and times without a missing
        value), or ``"auto"``, which is ordered where it can be.

    Raises
    ------
    MisuseError
        ``misuse.no_rows``, ``misuse.column_missing``, ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"area": ["WN", "WN", "M", "M"], "sex": ["F", "F", "M", "M"], "drug": ["a", "b", "a", "a"]}
    >>> risk = ig.microdata_risk(table, by=["area", "sex"], sensitive="drug", k=3)
    >>> risk
    MicrodataRisk(rows=4, classes=2, k=2, uniques=0, rows_below_3=4)
    >>> risk.sensitive["drug"].l_distinct
    1

    """
    keys, kept = _names(by), _names(sensitive)
    figures = _core.scan_microdata(
        _table(frame, [*keys, *kept]), by=keys, sensitive=kept, k=_whole("k", k), distance=distance
    )
    columns = [SensitiveRisk(**column) for column in figures.pop("sensitive")]
    histogram = dict(figures.pop("histogram"))
    return MicrodataRisk(
        **figures, histogram=histogram, sensitive={column.column: column for column in columns}
    )


def k_anonymity(frame: Any, by: Sequence[str] | str) -> int:
    """Return the size of the smallest class: how few rows share one combination of the quasi-identifiers.

    Errors, kinds of table and limits are those of :func:`microdata_risk`, which gives more in the same pass.

    >>> import nhs_ig as ig
    >>> ig.k_anonymity({"area": ["WN", "WN", "M"], "sex": ["F", "F", "M"]}, by=["area", "sex"])
    1
    """
    return microdata_risk(frame, by).k


def uniqueness(frame: Any, by: Sequence[str] | str) -> Uniqueness:
    """Count the rows whose combination of quasi-identifiers nobody shares.

    Errors, kinds of table and limits are those of :func:`microdata_risk`. Unique in the table is not unique in the
    population, except where the table is the whole of it.

    >>> import nhs_ig as ig
    >>> ig.uniqueness({"area": ["WN", "WN", "M"]}, by="area")
    Uniqueness(rows=3, uniques=1)
    """
    risk = microdata_risk(frame, by)
    return Uniqueness(risk.rows, risk.uniques)


def l_diversity(
    frame: Any,
    by: Sequence[str] | str,
    sensitive: Sequence[str] | str,
    *,
    kind: Literal["distinct", "entropy"] = "distinct",
) -> float:
    """Return l: the fewest distinct sensitive values in a class, or the least exponential of a class's entropy.

    With several sensitive columns, the least of them. Null counts as a value, so a class of one diagnosis and one
    gap has an l of 2. It does not protect against values that are alike, nor against shares that differ from those
    of everybody (see :func:`t_closeness`).

    >>> import nhs_ig as ig
    >>> ig.l_diversity({"area": ["WN", "WN", "M"], "drug": ["a", "b", "a"]}, by="area", sensitive="drug")
    1
    """
    columns = _measured(frame, by, sensitive).values()
    _one_of("kind", kind, ("distinct", "entropy"))
    return min(column.l_distinct if kind == "distinct" else column.l_entropy for column in columns)


def t_closeness(
    frame: Any, by: Sequence[str] | str, sensitive: Sequence[str] | str, *, distance: Distance = "auto"
) -> float:
    """Return t: how far the sensitive values of a class are from those of the whole table, 0 to 1, at worst.

    The earth mover's distance of Li, Li and Venkatasubramanian (2007). With several sensitive columns, the greatest.
    See :func:`microdata_risk` for ``distance``.

    >>> import nhs_ig as ig
    >>> table = {"area": ["WN", "WN", "M", "M"], "drug": ["a", "b", "a", "a"]}
    >>> ig.t_closeness(table, by="area", sensitive="drug")
    0.25
    """
    return max(column.t for column in _measured(frame, by, sensitive, distance).values())


def rows_at_risk(frame: Any, by: Sequence[str] | str, *, k: int = 5) -> Any:
    """Return for each row whether its class is smaller than ``k``: a boolean column of the table's own kind.

    For the data owner, to withhold or to coarsen those rows; it takes 4 bytes a row beyond what
    :func:`microdata_risk` takes. To withhold rows is to tell that there were some.

    >>> import nhs_ig as ig
    >>> ig.rows_at_risk({"area": ["WN", "WN", "M"]}, by="area", k=2)
    [False, False, True]
    """
    keys = _names(by)
    column = _core.microdata_at_risk(_table(frame, keys), by=keys, k=_whole("k", k))
    library = type(frame).__module__.partition(".")[0]
    if library == "polars":
        import polars as pl

        return pl.Series(column).alias("at_risk")
    if library == "pandas":
        import pandas as pd

        return pd.Series(column.to_list(), index=frame.index, name="at_risk", dtype=bool)
    if library == "pyarrow":
        return sys.modules["pyarrow"].array(column)
    return column.to_list() if isinstance(frame, dict) else column


def suggest_generalisation(
    frame: Any,
    levels: Mapping[str, Sequence[Any]],
    *,
    k: int = 5,
    max_suppressed_share: float = 0.0,
    order_by: Literal["precision", "discernibility"] = "precision",
    most: int = 10,
) -> list[Suggestion]:
    """Say which of the offered generalisation levels reach k, the one with the least loss first.

    The table is read once; combinations are weighed on its classes, and those that cannot reach k or cannot be
    least are passed over. The same table and levels always give the same list.

    It looks at k alone: measure l and t of what you then release with :func:`microdata_risk`. Columns that are not
    in ``levels`` are taken as not released or not known to others.

    Parameters
    ----------
    frame
        As in :func:`microdata_risk`.
    levels
        For each quasi-identifier its levels, each coarser than the one before: ``"keep"``, an act as a dictionary
        such as ``{"act": "age_band", "width": 10}`` or its name alone, and ``"omit"``. Null stays null under every
        act, so only ``"omit"`` hides who has none.
    k
        The least class size, from 2.
    max_suppressed_share
        The greatest share of rows that may be withheld, from 0 and less than 1.
    order_by
        The loss that counts first: ``"precision"`` (how far up the ladders) or ``"discernibility"`` (how large the
        classes).
    most
        At most this many suggestions.

    Raises
    ------
    PolicyError
        ``policy.k_not_reached``, ``policy.levels_not_nested``
    IdentifierError
        ``identifier.invalid_cells`` for values that an act does not take; give it ``on_invalid="null"`` to go on.
    MisuseError
        As in :func:`microdata_risk`.

    Examples
    --------
    >>> import nhs_ig as ig
    >>> table = {"age": [31, 34, 38, 62, 67], "sex": ["F", "F", "F", "M", "M"]}
    >>> ladders = {"age": ["keep", {"act": "age_band", "width": 10}, "omit"], "sex": ["keep", "omit"]}
    >>> best = ig.suggest_generalisation(table, ladders, k=2)[0]
    >>> best.steps, best.k
    ({'age': 1, 'sex': 0}, 2)

    """
    offered = {
        name: [levels[name]] if isinstance(levels[name], str) else list(levels[name]) for name in levels
    }
    found = _core.suggest_levels(
        _table(frame, list(offered)),
        levels=[(name, [_level(level) for level in ladder]) for name, ladder in offered.items()],
        k=_whole("k", k),
        max_suppressed_share=max_suppressed_share,
        order_by=order_by,
        most=_whole("most", most),
    )
    return [_suggestion(one, offered) for one in found]


def _suggestion(figures: dict[str, Any], offered: Mapping[str, Sequence[Any]]) -> Suggestion:
    steps = dict(zip(offered, figures.pop("steps"), strict=True))
    del figures["levels"]
    return Suggestion(
        levels={name: offered[name][step] for name, step in steps.items()}, steps=steps, **figures
    )


def _level(level: Any) -> str:
    """Return a level as the core takes it: a word, or an act as JSON text."""
    if isinstance(level, str):
        return level if level in {"keep", "omit"} else json.dumps({"act": level})
    if isinstance(level, dict):
        try:
            return json.dumps(level)
        except (TypeError, ValueError):
            pass
    raise _argument("levels", '"keep", "omit", or an act such as {"act": "age_band", "width": 10}')


def _measured(
    frame: Any, by: Sequence[str] | str, sensitive: Sequence[str] | str, distance: Distance = "auto"
) -> dict[str, SensitiveRisk]:
    if not _names(sensitive):
        raise _argument("sensitive", "at least one column")
    return microdata_risk(frame, by, sensitive, distance=distance).sensitive


def _table(frame: Any, names: list[str]) -> Any:
    """Return the named columns of a table as an Arrow stream; a LazyFrame is collected here."""
    if type(frame).__module__.partition(".")[0] == "polars" and type(frame).__name__ == "LazyFrame":
        there = frame.collect_schema().names()
        frame = frame.select([name for name in dict.fromkeys(names) if name in there] or there).collect()
    return only(frame, names)


def _names(names: Sequence[str] | str | None) -> list[str]:
    if names is None:
        return []
    found = [names] if isinstance(names, str) else list(names)
    if not all(isinstance(name, str) for name in found):
        raise _argument("by and sensitive", "names of columns")
    return found


def _whole(name: str, value: Any) -> int:
    """Return a number that the core can take; what is less than 0 is as wrong as 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _argument(name, "a whole number")
    return min(max(value, 0), 2**63 - 1)


def _one_of(name: str, value: Any, words: tuple[str, ...]) -> None:
    if value not in words:
        raise _argument(name, " or ".join(words))


def _argument(name: str, expected: str) -> Exception:
    from nhs_ig.errors import MisuseError

    message = f"{name} is not usable: expected {expected}"
    return MisuseError(message, "misuse.argument", {"name": name, "expected": expected})
