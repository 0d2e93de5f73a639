"""Keyed pseudonyms."""

from __future__ import annotations

from typing import Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import with_settings
from nhs_ig._columns import act, apply
from nhs_ig._together import apply_fields, apply_together

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
        self._handle = with_settings(_core.PseudonymHandle, key, context=context, retired=retired)

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

    def shift_date(
        self,
        dates: Any,
        *,
        person: Any,
        max_days: int,
        keep_weekday: bool = False,
        kind: str = "nhs_number",
        on_invalid: OnInvalid = "raise",
    ) -> Any:
        """Move all dates of one person by the same secret number of days, which is never 0.

        The days between two dates of a person stay the same. Dates come back as they came: text ``YYYY-MM-DD``
        (with or without a time) as text, dates as dates, times without time zone with their time of day. Null
        gives null. A date without a valid person is refused, or null: it never leaves with its true value.

        Which attacks still work: **one true date of a person gives all the others**, and so does a placeholder such
        as 1 January 1970; an unusual series of intervals is recognised; seasons, holidays and weekends show
        through; people stay in order where their dates are far apart; ``keep_weekday`` leaves few choices (8 at
        30 days); two extracts with different settings, laid side by side, narrow the shift. See the
        specification, date shift v1.

        Parameters
        ----------
        dates
            A Polars expression or Series, a pandas Series, an Arrow array, a list or one value: dates from
            2 January 1900 to 31 December 2199. Earlier and later ones are placeholders that, shifted, would give
            the shift away (``identifier.date_range``): make them null first.
        person
            Whose dates they are: as many values of the same kind of column, for Polars expressions an expression.
        max_days
            The most days by which a date moves: 7 to 3,650, or from 28 with ``keep_weekday``.
        keep_weekday
            Whether dates move by whole weeks, so that a Monday stays a Monday.
        kind
            The kind of identifier that ``person`` is, as for :meth:`pseudonymise`.
        on_invalid
            What to do with cells that are not dates, or whose person is missing or not valid: ``"raise"`` or
            ``"null"``.

        Raises
        ------
        IdentifierError
            ``identifier.invalid_cells``
        KeyError
            ``key.unavailable`` or ``key.mismatch`` where a plan or pickle runs in a process without its key.
        MisuseError
            ``misuse.column_type``, ``misuse.argument``

        Examples
        --------
        >>> import nhs_ig as ig
        >>> p = ig.Pseudonymiser(ig.Key.generate(), context="DSA-2026-014")
        >>> from datetime import date
        >>> first, last = p.shift_date(
        ...     [date(2024, 5, 13), date(2024, 5, 17)], person=["999 000 0018", "9990000018"], max_days=30
        ... )
        >>> (last - first).days
        4

        """
        settings = act(
            "shift_date",
            scheme="v1",
            key_id=self.key_id,
            check_value=self.check_value,
            context=self.context,
            kind=kind,
            max_days=max_days,
            keep_weekday=keep_weekday,
            on_invalid=on_invalid,
        )
        return apply_together([dates, person], settings)

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
        text: str = with_settings(
            self._handle.act, kind=kind, length=length, encoding=encoding, on_invalid=on_invalid
        )
        return text

    def pseudonymise_fields(
        self,
        columns: Any,
        *,
        kinds: list[str],
        on_invalid: OnInvalid = "raise",
        length: Literal[128, 192, 256] = 128,
        encoding: Literal["hex", "base32", "bytes"] = "hex",
    ) -> Any:
        """Replace several fields of each row by one pseudonym.

        A null field counts as a value, so people of whom the same fields are missing may share a pseudonym; a row of
        nothing but nulls gives null. A row with an invalid NHS number is refused, or null on request. Fields count by
        position, not by name. Method: the composite v1 specification.

        Parameters
        ----------
        columns
            A list of expressions, Series, arrays or lists of equal length, or of single values (one row); or one
            struct column. The same kind comes back, named as the first field.
        kinds
            The kind of each field, in order.
        on_invalid, length, encoding
            As for ``pseudonymise``.

        Raises
        ------
        IdentifierError
            ``identifier.invalid_cells``
        KeyError
            ``key.unavailable`` or ``key.mismatch`` where a plan or pickle runs in a process without its key.
        MisuseError
            ``misuse.column_type``, ``misuse.argument``

        Examples
        --------
        >>> import nhs_ig as ig
        >>> p = ig.Pseudonymiser(ig.Key.generate(), context="DSA-2026-014")
        >>> rows = p.pseudonymise_fields(
        ...     [["999 000 0018", "999 000 0018"], ["RR8", None]], kinds=["nhs_number", "text"]
        ... )
        >>> len(set(rows))
        2

        """
        act = with_settings(
            self._handle.fields_act, kinds=kinds, length=length, encoding=encoding, on_invalid=on_invalid
        )
        return apply_fields(columns, act)

    def tokenise(self, column: Any, *, kind: str = "nhs_number", on_invalid: OnInvalid = "raise") -> Any:
        """Replace identifiers by tokens that the key holder can bring back with ``nhs_ig.reidentify``.

        The same identifier always has the same token; a token that was changed is refused. A token is as long as its
        identifier, so tokens of names show how long the names are. Use a pseudonym wherever nobody needs the way
        back. Method: AES-256-SIV (RFC 5297); see the token v1 specification. ``kind`` and ``on_invalid`` are those of
        ``pseudonymise``.

        Raises
        ------
        IdentifierError
            ``identifier.invalid_cells``
        KeyError
            ``key.unavailable`` or ``key.mismatch`` where a plan or pickle runs in a process without its key.
        MisuseError
            ``misuse.column_type``, ``misuse.argument``

        Examples
        --------
        >>> import nhs_ig as ig
        >>> p = ig.Pseudonymiser(ig.Key.generate(id="k-1"), context="DSA-2026-014")
        >>> p.tokenise("999 000 0018").startswith("nhsig_t1_k-1_")
        True

        """
        return apply(column, self.token_act(kind=kind, on_invalid=on_invalid))

    def token_act(self, *, kind: str = "nhs_number", on_invalid: OnInvalid = "raise") -> str:
        """Return the act of ``tokenise`` as plain data (JSON text), without a key.

        Raises
        ------
        MisuseError
            ``misuse.argument``

        """
        text: str = with_settings(self._handle.token_act, kind=kind, on_invalid=on_invalid)
        return text

    def encrypt_numbers(
        self, column: Any, *, check: Literal["invalid", "valid"], on_invalid: OnInvalid = "raise"
    ) -> Any:
        """Replace NHS numbers by other ten digits, for a column that takes nothing else; prefer ``tokenise``.

        ``check`` has no default. With ``"invalid"`` the check digit never fits, but whoever corrects it has a valid
        number. With ``"valid"`` it fits: **the number may be a real person's**, and every reader will take it for
        one. Both are the same each time, can be brought back by whoever holds the key (``reidentify_numbers``), and
        are not tamper-evident. Method: FF1 with AES-256 (NIST SP 800-38G); see the format-preserving v1
        specification.

        Raises
        ------
        IdentifierError
            ``identifier.invalid_cells``
        KeyError
            ``key.unavailable`` or ``key.mismatch`` where a plan or pickle runs in a process without its key.
        MisuseError
            ``misuse.column_type``, ``misuse.argument``

        Examples
        --------
        >>> import nhs_ig as ig
        >>> p = ig.Pseudonymiser(ig.Key.generate(), context="DSA-2026-014")
        >>> ig.is_nhs_number(p.encrypt_numbers("999 000 0018", check="invalid"))
        False

        """
        return apply(column, with_settings(self._handle.numbers_act, check=check, on_invalid=on_invalid))

    def __repr__(self) -> str:
        """Show ids and check value only."""
        if not hasattr(self, "_handle"):
            # Making it failed, and a debugger shows what there is.
            return "Pseudonymiser(not made)"
        return f"Pseudonymiser(key_id={self.key_id!r}, check_value={self.check_value!r}, context={self.context!r})"

    def __reduce__(self) -> tuple[Any, tuple[str, str, str]]:
        """Pickle the public parts; the key is looked up where it is used."""
        return _restore, (self.key_id, self.check_value, self.context)


def _restore(key_id: str, check_value: str, context: str) -> Pseudonymiser:
    pseudonymiser = Pseudonymiser.__new__(Pseudonymiser)
    pseudonymiser._handle = _core.PseudonymHandle.restore(key_id, check_value, context)  # noqa: SLF001
    return pseudonymiser
