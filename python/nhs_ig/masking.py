"""Masking and generalisation of columns and single values.

Each function takes a Polars expression or Series, a pandas Series, an Arrow array, a list or one value, and gives
the same kind back. Null stays null. Each says which attack still works after it.
"""

from __future__ import annotations

from typing import Any, Literal

from nhs_ig._columns import act, apply

OnInvalid = Literal["raise", "null"]


def redact(column: Any) -> Any:
    """Replace every value of any type by ``[REDACTED]``.

    What remains: whether there was a value at all.

    >>> import nhs_ig as ig
    >>> ig.redact(["a name", None])
    ['[REDACTED]', None]
    """
    return apply(column, act("redact"))


def mask_partial(column: Any, *, keep_first: int = 0, keep_last: int = 0, mask_char: str = "*") -> Any:
    """Replace all but the first and last few characters by ``mask_char``; the length stays.

    A character is what a reader sees as one (a Unicode grapheme cluster): a letter with its accents, a Hangul or
    Devanagari syllable or a family emoji is kept whole or becomes one sign, and is never cut. A text no longer than
    what would be kept is masked whole. What remains: the length and the characters kept; three last digits of an NHS
    number still single out one in a thousand. Not a pseudonym.

    >>> import nhs_ig as ig
    >>> ig.mask_partial("RR864-1234", keep_last=4)
    '******1234'
    """
    return apply(column, act("mask_partial", keep_first=keep_first, keep_last=keep_last, mask_char=mask_char))


def generalise_date(
    column: Any,
    *,
    to: Literal["month", "quarter", "year", "financial_year"],
    on_invalid: OnInvalid = "raise",
) -> Any:
    """Keep month (``2024-05``), quarter (``2024-Q2``), year (``2024``) or financial year (``2024/25``) of a date.

    Takes dates, times without time zone and text ``YYYY-MM-DD``; the order of day and month is never guessed. The
    financial year begins on 1 April. What remains: a rare year or month together with other fields still singles
    people out, and very old people are few in any year of birth.

    >>> import nhs_ig as ig
    >>> ig.generalise_date("2024-05-17", to="financial_year")
    '2024/25'
    """
    return apply(column, act("generalise_date", to=to, on_invalid=on_invalid))


def age_band(column: Any, *, width: int = 5, top: int = 90, on_invalid: OnInvalid = "raise") -> Any:
    """Put ages in whole years (0 to 149) into bands of ``width``, with one open band from ``top``.

    What remains: a band with few people still singles them out; count before release.

    >>> import nhs_ig as ig
    >>> ig.age_band([3, 87, 104])
    ['0-4', '85-89', '90 and over']
    """
    return apply(column, act("age_band", width=width, top=top, on_invalid=on_invalid))


def postcode_area(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Keep the one or two letters of the postcode area; pseudo-postcodes (ZZ99) become their meaning.

    What remains: several addresses of one person over time, and areas with few people beside other fields.

    >>> import nhs_ig as ig
    >>> ig.postcode_area("WN5 8QX")
    'WN'
    """
    return apply(column, act("postcode", to="area", on_invalid=on_invalid))


def postcode_district(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Keep the postcode district, the part before the space.

    Pseudo-postcodes (ZZ99) become their meaning, never a district. What remains: districts differ in size, and a
    small one with another field or two singles people out.

    >>> import nhs_ig as ig
    >>> ig.postcode_district("WN5 8QX")
    'WN5'
    """
    return apply(column, act("postcode", to="district", on_invalid=on_invalid))


def postcode_sector(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Keep the postcode sector, the district and the first digit after the space.

    A sector has some thousand addresses, a few as little as one: prefer the district.

    >>> import nhs_ig as ig
    >>> ig.postcode_sector("WN5 8QX")
    'WN5 8'
    """
    return apply(column, act("postcode", to="sector", on_invalid=on_invalid))


def top_code(column: Any, *, at: float, label: str | None = None, on_invalid: OnInvalid = "raise") -> Any:
    """Turn every number above ``at`` into ``at``; with a ``label``, every number from ``at`` up into the label.

    Without a label numbers stay numbers of their type and text stays text; with one, such as ``"90+"``, the result
    is text. Takes whole and floating-point numbers, and text such as ``42`` or ``-1.5``. NaN and infinities are not
    valid numbers: missing values are null.

    What remains: that a value was extreme, which names a person if only one can be that old or that long in
    hospital; a mean or total beside it gives the value back when few are beyond the limit. Without a label the
    limit looks like a true value: say where it lies.

    Raises ``IdentifierError`` (``identifier.invalid_cells``) and ``MisuseError`` (``misuse.argument``,
    ``misuse.column_type``).

    >>> import nhs_ig as ig
    >>> ig.top_code([88, 90, 103], at=90)
    [88, 90, 90]
    >>> ig.top_code([88, 90, 103], at=90, label="90+")
    ['88', '90+', '90+']
    """
    return apply(column, _limit("top_code", at, label, on_invalid))


def bottom_code(column: Any, *, at: float, label: str | None = None, on_invalid: OnInvalid = "raise") -> Any:
    """Turn every number below ``at`` into ``at``; with a ``label``, every number from ``at`` down into the label.

    As :func:`top_code` in everything else, its remaining attacks included.

    >>> import nhs_ig as ig
    >>> ig.bottom_code([412, 1500.5], at=500)
    [500.0, 1500.5]
    """
    return apply(column, _limit("bottom_code", at, label, on_invalid))


def round_to(column: Any, *, base: int, on_invalid: OnInvalid = "raise") -> Any:
    """Round numbers to the nearest multiple of ``base``, a whole number; a tie goes away from zero.

    Numbers stay numbers of their type and text stays text. Whole numbers are exact up to the ends of their type,
    floating-point numbers below 2^53; what lies beyond is ``identifier.number_range``, and NaN and infinities are
    ``identifier.number``.

    What remains: the interval of one base in which the true value lies; unrounded totals beside it give a value
    back, and two releases with different bases narrow it. Small counts are not hidden: see ``suppress``.

    >>> import nhs_ig as ig
    >>> ig.round_to([12, 13, -25], base=10)
    [10, 10, -30]
    """
    return apply(column, act("round_to", base=base, on_invalid=on_invalid))


def _limit(name: str, at: float, label: str | None, on_invalid: OnInvalid) -> str:
    settings = {} if label is None else {"label": label}
    return act(name, at=at, on_invalid=on_invalid, **settings)
