"""Bringing identifiers back from tokens: a separate act with a person, a reason and an audit record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig._columns import as_column, is_single, polars_series
from nhs_ig._pseudonymiser import Pseudonymiser
from nhs_ig.audit import AuditLog
from nhs_ig.audit_runs import current_run
from nhs_ig.errors import KeyError, MisuseError  # noqa: A004 - the group of this library
from nhs_ig.identity import actor_fields

if TYPE_CHECKING:
    from nhs_ig._core import VerifiedActor


def reidentify(
    tokens: Any,
    key: Pseudonymiser | _core.Key,
    *,
    audit: AuditLog,
    actor: str | VerifiedActor,
    reason_ref: str,
    context: str | None = None,
    kind: str = "nhs_number",
    **fields: str | None,
) -> Any:
    """Bring identifiers back from the tokens that ``Pseudonymiser.tokenise`` made, all or none.

    The record of the attempt is on disk before any token is opened, and that of the success before anything is
    answered; if either cannot be written, nothing is answered. A failure is recorded with its code, and so is a refusal
    because the key is retired or for another agreement. A token that was
    changed in any way, or is of another key, context or kind, is refused. Null stays null.

    It does not check whether the actor may do this: that is for the key holder and for the ticket. Once answered, the
    identifiers are in your hands.

    Parameters
    ----------
    tokens
        A Polars or pandas Series, an Arrow array, a list or one token. The same kind comes back. An expression is
        refused: a plan never re-identifies.
    key
        A ``Pseudonymiser``, or a ``Key`` together with ``context``.
    audit
        The log that takes the records (event ``reidentify``).
    actor
        The person who acts, by an id.
    reason_ref
        The ticket that holds the reason in words, such as ``IG/2026/17``.
    context
        The agreement or project, if ``key`` is a ``Key``.
    kind
        The kind that the tokens were made with.
    **fields
        ``role``, ``org``, ``purpose``, ``agreement_id``, ``dataset``, ``authoriser``, ``device``, ``corr_id``.

    Raises
    ------
    AuditError
        ``audit.not_recorded``, ``audit.field``, ``audit.identifier_in_field``, ``audit.actor_generic`` and others.
    KeyError
        ``key.tokens_refused`` (its context has count, first row and reason: ``key.token_form``, ``key.token_key`` or
        ``key.token_changed``), ``key.unavailable``, ``key.mismatch``.
    MisuseError
        ``misuse.column_type``, ``misuse.argument``

    Examples
    --------
    >>> import nhs_ig as ig, tempfile
    >>> p = ig.Pseudonymiser(ig.Key.generate(), context="DSA-2026-014")
    >>> tokens = p.tokenise(["999 000 0018", None])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = ig.AuditLog(f"{folder}/audit.jsonl")
    ...     ig.reidentify(tokens, p, audit=log, actor="a.analyst", reason_ref="IG/2026/17")
    ['9990000018', None]

    """
    request = audit_request(audit, actor=actor, reason_ref=reason_ref, **fields)
    handle = _pseudonymiser(key, context, audit, request)._handle  # noqa: SLF001
    return bring_back(tokens, with_settings(handle.tokens_settings, kind=kind), audit, request)


def reidentify_numbers(
    numbers: Any,
    key: Pseudonymiser | _core.Key,
    *,
    check: Literal["invalid", "valid"],
    audit: AuditLog,
    actor: str | VerifiedActor,
    reason_ref: str,
    context: str | None = None,
    **fields: str | None,
) -> Any:
    """Bring NHS numbers back from what ``Pseudonymiser.encrypt_numbers`` made, all or none.

    The rules are those of ``reidentify``: a person, a ticket, and the audit record before the answer. But these numbers
    are not tamper-evident: with ``check="valid"`` a changed one mostly comes back as another person.

    Raises
    ------
    AuditError
        As ``reidentify``.
    KeyError
        ``key.tokens_refused`` (reason ``key.number_form`` or ``key.number_changed``), ``key.unavailable``,
        ``key.mismatch``.
    MisuseError
        ``misuse.column_type``, ``misuse.argument``

    """
    request = audit_request(audit, actor=actor, reason_ref=reason_ref, **fields)
    handle = _pseudonymiser(key, context, audit, request)._handle  # noqa: SLF001
    return bring_back(numbers, with_settings(handle.numbers_settings, check=check), audit, request)


def audit_request(
    audit: AuditLog, *, actor: str | VerifiedActor, reason_ref: str, **fields: str | None
) -> dict[str, str | None]:
    """Return what the audit records say, with the run of this context and the device of the log."""
    known = {"role", "org", "purpose", "agreement_id", "dataset", "authoriser", "device", "corr_id"}
    if isinstance(actor, _core.VerifiedActor):
        known -= {"role", "org"}
    if not set(fields) <= known:
        message = "a field of the request is not usable: expected those of record v1; there is no free text"
        raise MisuseError(message, "misuse.argument", {"name": "the fields of the request"})
    expect("audit", audit, AuditLog, "an AuditLog")
    run = fields.pop("corr_id", None) or current_run()
    device = audit._device  # noqa: SLF001 - what the log writes into every record
    return {"device": device, **fields, **actor_fields(actor), "reason_ref": reason_ref, "run": run}


def bring_back(column: Any, settings: str, audit: AuditLog, request: dict[str, str | None]) -> Any:
    """Bring the identifiers of a column of any kind back."""

    def ask(cells: Any, name: str = "") -> _core.Column:
        return _core.reidentify_column(cells, settings, name, audit.handle, request)

    if is_single(column):
        return ask([column]).to_list()[0]
    library = type(column).__module__.partition(".")[0]
    if library == "polars":
        return _polars(column, ask)
    cells = as_column(column)
    if library == "pandas":
        import pandas as pd

        name = column.name if isinstance(column.name, str) else ""
        # The type that this version of pandas gives to text.
        dtype = pd.Series(["text"]).dtype
        return pd.Series(ask(cells, name).to_list(), index=column.index, name=column.name, dtype=dtype)
    done = ask(cells)
    if library == "pyarrow":
        pyarrow = sys.modules["pyarrow"]
        array = pyarrow.array(done)
        return pyarrow.chunked_array([array]) if isinstance(column, pyarrow.ChunkedArray) else array
    if library == "numpy":
        return sys.modules["numpy"].array(done.to_list(), dtype=object)
    return done.to_list() if isinstance(column, (list, tuple)) else done


def _polars(column: Any, ask: Any) -> Any:
    import polars as pl

    if not isinstance(column, pl.Series) or column.dtype == pl.Object:
        message = "re-identification takes a Series of text, never an expression: no plan may hold it"
        raise MisuseError(message, "misuse.column_type", {"expected": "a Series"})
    plain = column.cast(pl.String) if column.dtype in (pl.Null, pl.Categorical, pl.Enum) else column
    return pl.Series(ask(polars_series(plain), column.name)).alias(column.name)


def _pseudonymiser(
    key: Any, context: object, audit: AuditLog, request: dict[str, str | None]
) -> Pseudonymiser:
    if isinstance(key, Pseudonymiser) and context is None:
        return key
    if not isinstance(key, _core.Key) or not isinstance(context, str):
        message = "key is not usable: expected a Pseudonymiser, or a Key together with context"
        raise MisuseError(message, "misuse.argument", {"name": "key"})
    try:
        return Pseudonymiser(key, context=context)
    except KeyError as refused:
        # Someone asked with a key that is retired or for other work, and the log must tell of it.
        _core.record_refused_reidentify(key.id, refused.code, audit.handle, request)
        raise


def reidentify_file_column(
    table: _core.Table,
    column: str,
    key: _core.Key,
    audit: AuditLog,
    *,
    context: str,
    kind: str,
    **request: Any,
) -> _core.Table:
    """Bring one column of a table back and leave the others as they are."""
    fields = audit_request(audit, **request)
    handle = _pseudonymiser(key, context, audit, fields)._handle  # noqa: SLF001
    settings = with_settings(handle.tokens_settings, kind=kind)
    return _core.reidentify_table(table, column, settings, audit.handle, fields)
