"""Arguments of another type than a call expects: an error with a code and a remedy, never a bare TypeError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Callable


def expect(
    name: str, value: object, kind: type | tuple[type, ...], expected: str, most: int | None = None
) -> None:
    """Refuse a value that is not of this type, or a whole number beyond ``most``; the message does not show it."""
    too_large = most is not None and isinstance(value, int) and abs(value) > most
    if too_large or not isinstance(value, kind):
        message = f"{name} is not usable: expected {expected}"
        raise MisuseError(message, "misuse.argument", {"name": name, "expected": expected})


def the_key(key: Any) -> _core.Key:
    """Return a key, of a ring its primary."""
    expect("key", key, (_core.Key, _core.KeyRing), "a Key or a KeyRing")
    chosen: _core.Key = key.primary if isinstance(key, _core.KeyRing) else key
    return chosen


def with_settings(make: Callable[..., Any], *given: Any, **settings: Any) -> Any:
    """Call a function of the core that calls nothing of the caller's; settings that it cannot even read are refused."""
    try:
        return make(*given, **settings)
    except (TypeError, OverflowError, UnicodeEncodeError):
        raise unreadable_settings(*settings) from None


def unreadable_settings(*settings: str) -> MisuseError:
    """Return the error for settings of another type, which is not made from Python's own: that could name a value."""
    names = ", ".join(settings)
    expected = "text, and a whole number where a number is meant"
    message = f"one of the settings {names} is not usable: expected {expected}"
    return MisuseError(message, "misuse.argument", {"name": names, "expected": expected})
