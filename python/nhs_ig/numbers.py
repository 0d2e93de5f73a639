"""NHS number checks on columns and single values.

Each function takes a Polars expression or Series, a pandas Series, an Arrow array, a list or one value (text or
whole numbers), and gives the same kind back. Null stays null.
"""

from __future__ import annotations

from typing import Any, Literal

from nhs_ig._columns import act, apply

OnInvalid = Literal["raise", "null"]


def is_nhs_number(column: Any) -> Any:
    """Say whether each cell is a valid NHS number: ten digits, a fitting check digit, not a placeholder.

    A blank cell is not valid. One in eleven random ten-digit numbers is valid, so a column of valid numbers is
    not proof that they are NHS numbers.

    >>> import nhs_ig as ig
    >>> ig.is_nhs_number(["999 000 0018", "9990000017", None])
    [True, False, None]
    """
    return False if isinstance(column, bool) else apply(column, act("is_nhs_number"))


def invalid_reason(column: Any) -> Any:
    """Give the error code of each cell that is not a valid NHS number; null where it is valid or null.

    A blank cell has ``identifier.blank``.

    >>> import nhs_ig as ig
    >>> ig.invalid_reason(["999 000 0018", "9990000017", ""])
    [None, 'identifier.check_digit', 'identifier.blank']
    """
    return apply(column, act("invalid_reason"))


def normalise_nhs_number(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Write each number as ten digits without spaces.

    >>> import nhs_ig as ig
    >>> ig.normalise_nhs_number("999 000-0018")
    '9990000018'
    """
    return apply(column, act("normalise_nhs_number", on_invalid=on_invalid))


def format_nhs_number(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Write each number in the 3-3-4 form that the NHS Number Standard asks for on screens and paper.

    >>> import nhs_ig as ig
    >>> ig.format_nhs_number(9990000018)
    '999 000 0018'
    """
    return apply(column, act("format_nhs_number", on_invalid=on_invalid))


def nhs_number_region(column: Any, *, on_invalid: OnInvalid = "raise") -> Any:
    """Say who issues numbers of each number's range.

    One of ``scotland``, ``northern_ireland``, ``england_wales_isle_of_man``, ``reserved``, ``ireland``,
    ``synthetic``, ``unallocated``. A range says who may have issued a number, not that it was issued.

    >>> import nhs_ig as ig
    >>> ig.nhs_number_region("999 000 0018")
    'synthetic'
    """
    return apply(column, act("nhs_number_region", on_invalid=on_invalid))
