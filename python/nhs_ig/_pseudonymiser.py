"""Keyed pseudonyms."""

from __future__ import annotations

from typing import Any, Literal

from nhs_ig import _core
from nhs_ig._columns import apply

OnInvalid = Literal["raise", "null"]


class Pseudonymiser:
    """Turns identifiers into pseudonyms for one agreement or project under one key.

    The same identifier always gives the same pseudonym; another context, kind or key gives an unrelated one.
    Making a ``Pseudonymiser`` puts its key into this process's ring, where expressions, plans and pickles find
    it by id. The object itself holds no key, and can be pickled.

    Pseudonyms stay personal data for whoever holds the key, and a row may still be recognised by its other
    fields. Method: HMAC-SHA256 under an HKDF-derived key; see the pseudonym v1 specification.

    Parameters
    ----------
    key
        The key, or a ``KeyRing``, whose primary key is meant.
    context
        Id of the agreement or project, such as ``"DSA-2026-014"``: 1 to 255 bytes without control characters.
    retired
        ``"refuse"`` a retired key of a ring, or ``"allow"`` it for work on an extract that was made with it.

    Raises
    ------
    KeyError
        ``key.id_conflict`` if another key is loaded under the same id; ``key.purpose``, ``key.pending`` and
        ``key.retired`` for a key of a ring that is not for this use.
    MisuseError
        ``misuse.argument`` if the context is not usable.

    """

    __slots__ = ("_handle",)

    _handle: _core.PseudonymHandle

    def __init__(
        self,
        key: _core.Key | _core.KeyRing,
        *,
        context: str,
        retired: Literal["refuse", "allow"] = "refuse",
    ) -> None:
        """Put the key into the ring of this process."""
        self._handle = _core.PseudonymHandle(key, context=context, retired=retired)

    @property
    def key_id(self) -> str:
        """The public id of the key."""
        return self._handle.key_id

    @property
    def check_value(self) -> str:
        """The check value of the key."""
        return self._handle.check_value

    @property
    def context(self) -> str:
        """The agreement or project."""
        return self._handle.context

    def pseudonymise(
        self,
        column: Any,
        *,
        kind: str = "nhs_number",
        on_invalid: OnInvalid = "raise",
        length: Literal[128, 192, 256] = 128,
        encoding: Literal["hex", "base32", "bytes"] = "hex",
    ) -> Any:
        """Replace identifiers by pseudonyms.

        Null gives null, and so does a blank NHS number or an empty text. NHS numbers are validated and taken
        without separators; every other kind is used byte for byte.

        Parameters
        ----------
        column
            A Polars expression or Series, a pandas Series, an Arrow array, a list or one value: text, or for
            NHS numbers also whole numbers. The same kind comes back.
        kind
            ``"nhs_number"``, ``"text"`` or a name of yours such as ``"local_patient_id"``. Two kinds give
            unlinkable pseudonyms.
        on_invalid
            What to do with invalid NHS numbers: ``"raise"`` (the error has count and first row, never the
            value) or ``"null"``.
        length
            Bits kept of the HMAC.
        encoding
            ``"hex"`` (32 digits for 128 bits), ``"base32"`` or ``"bytes"`` (columns only; one value and lists
            of it come as ``bytes``).

        Raises
        ------
        IdentifierError
            ``identifier.invalid_cells``
        KeyError
            ``key.unavailable`` or ``key.mismatch`` where a plan or pickle runs in a process without its key;
            ``key.retired``, ``key.pending`` or ``key.purpose`` where the process's ring forbids this use.
        MisuseError
            ``misuse.column_type``, ``misuse.argument``

        Examples
        --------
        >>> import nhs_ig as ig
        >>> p = ig.Pseudonymiser(ig.Key.generate(), context="DSA-2026-014")
        >>> p.pseudonymise("999 000 0018") == p.pseudonymise(9990000018)
        True
        >>> len(p.pseudonymise("999 000 0018"))
        32

        """
        return apply(column, self.act(kind=kind, on_invalid=on_invalid, length=length, encoding=encoding))

    def act(
        self,
        *,
        kind: str = "nhs_number",
        on_invalid: OnInvalid = "raise",
        length: Literal[128, 192, 256] = 128,
        encoding: Literal["hex", "base32", "bytes"] = "hex",
    ) -> str:
        """Return the act as plain data (JSON text): scheme, key id, check value and settings, but no key.

        Raises
        ------
        MisuseError
            ``misuse.argument``

        """
        return self._handle.act(kind=kind, length=length, encoding=encoding, on_invalid=on_invalid)

    def __repr__(self) -> str:
        """Show ids and check value only."""
        return f"Pseudonymiser(key_id={self.key_id!r}, check_value={self.check_value!r}, context={self.context!r})"

    def __reduce__(self) -> tuple[Any, tuple[str, str, str]]:
        """Pickle the public parts; the key is looked up where it is used."""
        return _restore, (self.key_id, self.check_value, self.context)


def _restore(key_id: str, check_value: str, context: str) -> Pseudonymiser:
    pseudonymiser = Pseudonymiser.__new__(Pseudonymiser)
    pseudonymiser._handle = _core.PseudonymHandle.restore(key_id, check_value, context)  # noqa: SLF001
    return pseudonymiser
