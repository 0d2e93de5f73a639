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

    A text no longer than what would be kept is masked whole. What remains: the length and the characters kept;
    three last digits of an NHS number still single out one in a thousand. Not a pseudonym.

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
    """Keep the one or two letters of the postcode area.

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
