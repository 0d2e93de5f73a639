"""Date shift v1 from its specification page, with hmac, hashlib and datetime alone."""

import datetime
import hashlib
import hmac
import re

from pseudonym_v1 import hkdf_sha256, nhs_number

LABEL = b"nhs-ig/date-shift/v1"
EARLIEST, LATEST = datetime.date(1900, 1, 2), datetime.date(2199, 12, 31)
TIME = r"(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"


def info_of(context: str, kind: str, max_days: int, keep_weekday: bool) -> bytes:
    """What the derived key is bound to."""
    parts = (context.encode(), kind.encode())
    named = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return LABEL + b"\0" + named + max_days.to_bytes(4, "big") + bytes([int(keep_weekday)])


def shift_of(key: bytes, context: str, kind: str, max_days: int, keep_weekday: bool, person: bytes) -> int:
    """The days by which the dates of one person move."""
    derived = hkdf_sha256(key, info_of(context, kind, max_days, keep_weekday), 32)
    digest = hmac.new(derived, person, hashlib.sha256).digest()
    step = 7 if keep_weekday else 1
    half = max_days // step
    choices = [step * k for k in range(-half, half + 1) if k != 0]
    return choices[int.from_bytes(digest[:16], "big") % len(choices)]


def shifted(
    key: bytes,
    context: str,
    kind: str,
    max_days: int,
    keep_weekday: bool,
    person: str | None,
    date: str | None,
) -> tuple[str | None, str | None]:
    """The shifted text of one cell and the error code: one of them, or neither where the output is null."""
    if date is None or not date.strip():
        return None, None
    try:
        day = (
            datetime.date.fromisoformat(date[:10]) if re.fullmatch(r"\d{4}-\d\d-\d\d" + TIME, date) else None
        )
    except ValueError:
        day = None
    if day is None:
        return None, "identifier.date"
    if not EARLIEST <= day <= LATEST:
        return None, "identifier.date_range"
    canonical, error = nhs_number(person or "") if kind == "nhs_number" else (person or None, None)
    if canonical is None:
        return None, error or "identifier.no_person"
    days = shift_of(key, context, kind, max_days, keep_weekday, canonical.encode())
    return (day + datetime.timedelta(days)).isoformat() + date[10:], None
