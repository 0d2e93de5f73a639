"""Who acts: audit actors from the signed ID tokens of a care identity service."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig._core import VerifiedActor


class TokenVerifier:
    """Turns ID tokens of one issuer into verified actors for the audit trail.

    A token is believed if a key of the given set signed it with RS256, PS256 or ES256 and is for that algorithm; if it
    is of this issuer, for this audience, in force and not too old; and if the person's identity was proved well enough.
    The role that acts is the one selected at sign-in. Names, addresses and all else in the token are dropped while it
    is read.

    It fetches nothing: get the key set from the issuer, over a connection you can trust, and again when
    ``access.token_key_unknown`` is raised. It knows no nonce, no session and no revocation.

    Parameters
    ----------
    jwks
        The issuer's JSON Web Key Set, as text or as the mapping that was read from it.
    issuer
        The issuer, exactly as its tokens name it.
    audience
        Your own client id.
    minimum_assurance
        The least level at which the person's identity was proved (``idassurancelevel``), 0 to 3.
    minimum_authentication
        The least level of the sign-in (``authentication_assurance_level``), 0 to 3; None if it does not matter.
    role
        ``"required"``, or ``"if_given"`` for people who have no role.
    max_age_seconds
        How long ago the token may have been made.
    clock_difference_seconds
        How far the clocks of issuer and machine may be apart, at most 300.

    Raises
    ------
    AccessError
        ``access.token_key_set``.
    MisuseError
        ``misuse.argument``.

    """

    __slots__ = ("_handle",)

    def __init__(
        self,
        *,
        jwks: str | Mapping[str, Any],
        issuer: str,
        audience: str,
        minimum_assurance: int = 3,
        minimum_authentication: int | None = None,
        role: Literal["required", "if_given"] = "required",
        max_age_seconds: int = 3600,
        clock_difference_seconds: int = 30,
    ) -> None:
        """Read the key set."""
        self._handle: _core.TokenVerifierHandle = with_settings(
            _core.TokenVerifierHandle,
            jwks=_text("jwks", jwks),
            issuer=issuer,
            audience=audience,
            minimum_assurance=minimum_assurance,
            minimum_authentication=minimum_authentication,
            role=role,
            max_age_seconds=max_age_seconds,
            clock_difference_seconds=clock_difference_seconds,
        )

    def verify(
        self, id_token: str, userinfo: str | Mapping[str, Any] | None = None, *, at: dt.datetime | None = None
    ) -> VerifiedActor:
        """Verify a token and return who acts.

        Parameters
        ----------
        id_token
            The token as the issuer sent it.
        userinfo
            The answer of the UserInfo endpoint, as text or as the mapping read from it, where the roles are not in the
            token. It must be about the same person (``sub``), and may not contradict the token. It is not signed: it is
            as good as the connection it came over.
        at
            The time to verify at, with its time zone; now if left out.

        Raises
        ------
        AccessError
            ``access.token_format``, ``access.token_algorithm``, ``access.token_key_unknown``,
            ``access.token_key_disagrees``, ``access.token_key_weak``, ``access.token_signature``,
            ``access.token_issuer``, ``access.token_audience``, ``access.token_expired``,
            ``access.token_not_yet_valid``, ``access.token_too_old``, ``access.token_claim``,
            ``access.token_assurance``, ``access.userinfo_differs``, ``access.role_ambiguous``,
            ``access.role_unknown``, ``access.role_missing``.
        AuditError
            ``audit.field``, ``audit.identifier_in_field`` or ``audit.actor_generic`` for a user id that no record could
            hold.
        MisuseError
            ``misuse.argument``.

        """
        expect("id_token", id_token, str, "the token as text")
        micros = None
        if at is not None:
            expect("at", at, dt.datetime, "a datetime with its time zone")
            epoch = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
            expect("at", at.utcoffset(), dt.timedelta, "a datetime with its time zone")
            micros = max(0, (at - epoch) // dt.timedelta(microseconds=1))
        info = None if userinfo is None else _text("userinfo", userinfo)
        actor: VerifiedActor = with_settings(self._handle.verify, id_token, userinfo=info, at=micros)
        return actor

    def __repr__(self) -> str:
        """Show that it is one, and nothing of it."""
        return "TokenVerifier()" if hasattr(self, "_handle") else "TokenVerifier(not made)"


def actor_fields(actor: str | VerifiedActor) -> dict[str, str | None]:
    """Return the fields of a record that an actor fills."""
    if isinstance(actor, VerifiedActor):
        return {"actor": actor.id, "role": actor.role, "org": actor.org}
    return {"actor": actor}


def _text(name: str, given: str | Mapping[str, Any]) -> str:
    """Return a JSON document as text."""
    expected = "JSON as text, or the mapping read from it"
    expect(name, given, (str, Mapping), expected)
    if isinstance(given, str):
        return given
    try:
        return json.dumps(dict(given))
    except (TypeError, ValueError, RecursionError):
        failed = True
    # Outside, so that the error with its value does not hang on this one.
    expect(name, not failed, str, expected)
    return ""
