"""Linking extracts: whether two may be compared, and the way from one key to another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect
from nhs_ig._columns import as_column
from nhs_ig._pseudonymiser import OnInvalid, Pseudonymiser
from nhs_ig.audit import AuditLog
from nhs_ig.audit_runs import current_run
from nhs_ig.errors import MisuseError
from nhs_ig.identity import actor_fields

if TYPE_CHECKING:
    from nhs_ig._core import VerifiedActor

_METADATA = "nhs_ig.pseudonym"


class CrosswalkReport(NamedTuple):
    """What a crosswalk holds, in numbers; never its rows."""

    cells: int
    pairs: int
    empty: int
    invalid: int
    sha256: str


def check_linkable(left: Any, right: Any, **settings: Any) -> None:
    """Check that equal pseudonyms of two extracts stand for equal identifiers.

    Scheme, key id, check value, context, kind, length and encoding must all agree. It compares what the two extracts
    say of themselves, so it does not prove that they were made so, and it does not say whether linking is allowed.

    Parameters
    ----------
    left, right
        A ``Pseudonymiser``, the metadata of a pseudonym column (under ``nhs_ig.pseudonym``), its contents as a
        dictionary or JSON text, or what ``pseudonym_specs`` gives for a field of a release.
    settings
        ``kind``, ``length`` and ``encoding`` with which a ``Pseudonymiser`` is used; its defaults if left out.

    Raises
    ------
    KeyError
        ``key.not_linkable``, with the names of what differs.
    MisuseError
        ``misuse.argument`` for something that is no such description.

    Examples
    --------
    >>> import nhs_ig as ig
    >>> key = ig.Key.generate()
    >>> ours, theirs = ig.Pseudonymiser(key, context="DSA-1"), ig.Pseudonymiser(key, context="DSA-2")
    >>> ig.check_linkable(ours, ours)
    >>> ig.check_linkable(ours, theirs)
    Traceback (most recent call last):
    nhs_ig.errors.KeyError: [key.not_linkable] the two extracts cannot be linked: they differ in context; ...

    """
    _core.check_specs_linkable(_spec_text(left, settings), _spec_text(right, settings))


def pseudonym_specs(manifest: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Describe the pseudonym columns of a release, from its manifest: by file and field.

    >>> import nhs_ig as ig
    >>> ig.pseudonym_specs({"key": None, "agreement": {"id": "DSA-1"}, "outputs": []})
    {}
    """
    key = manifest["key"] or {}
    shared = {
        "scheme": str(key.get("scheme", "")).rpartition("/")[2],
        "key_id": key.get("id"),
        "check_value": key.get("check_value"),
        "context": manifest["agreement"]["id"],
    }
    specs = {}
    for output in manifest["outputs"]:
        for field in output["fields"]:
            settings = field["transform"].get("pseudonymise")
            if settings is not None:
                chosen = {name: settings[name] for name in ("kind", "length", "encoding")}
                specs[output["file"], field["name"]] = {**shared, **chosen}
    return specs


def crosswalk(
    ids: Any,
    old: _core.Key,
    new: _core.Key,
    *,
    context: str,
    out: str | PathLike[str],
    audit: AuditLog,
    actor: str | VerifiedActor,
    reason_ref: str,
    authoriser: str | None = None,
    kind: str = "nhs_number",
    on_invalid: OnInvalid = "raise",
    length: Literal[128, 192, 256] = 128,
    encoding: Literal["hex", "base32", "bytes"] = "hex",
) -> CrosswalkReport:
    """Write the old and the new pseudonym of every different identifier to a new CSV file, for the rotation of keys.

    The file holds pseudonyms only, is readable by its owner alone, did not exist before, and is there whole or not at
    all. Its rows are in the order of the old pseudonyms, which tells nothing of the order or number of the
    identifiers. The audit log has the attempt for both keys first, and the end with the hash of the file.

    It does not protect against whoever has the file and two extracts: it is as sensitive as the link. Send it to those
    who hold the old extract alone, and delete it when they have used it.

    Parameters
    ----------
    ids
        The identifiers: a Polars or pandas Series, an Arrow array or a list.
    old, new
        ``ring.key("k-2025")`` and ``ring.primary``. The new key may be pending, not retired.
    context
        The one agreement or project; both keys must be for it.
    out
        The new file, with the header ``old_pseudonym,new_pseudonym``; ``bytes`` are written as hex.
    audit, actor, reason_ref, authoriser
        Where it is recorded, who does it, the ticket that says why, and who allowed it if not the actor.
    kind, on_invalid, length, encoding
        As those of the extract; see ``Pseudonymiser.pseudonymise``.

    Raises
    ------
    KeyError
        ``key.purpose``, ``key.pending``, ``key.retired``
    ExportError
        ``export.file_exists``, ``export.write_failed``
    IgError
        ``identifier.invalid_cells``, ``misuse.*`` and those of the audit log. Nothing is left behind on any of them.

    """
    who: Any = actor_fields(actor)["actor"]
    expect("audit", audit, AuditLog, "an AuditLog")
    expect("out", out, (str, PathLike), "a path")
    for name, key in (("old", old), ("new", new)):
        expect(name, key, _core.Key, "a Key, such as ring.key(...) or ring.primary")
    texts = {"context": context, "kind": kind, "encoding": encoding, "on_invalid": on_invalid}
    for name, text in {**texts, "actor": who, "reason_ref": reason_ref}.items():
        expect(name, text, str, "text")
    expect("authoriser", authoriser, (str, type(None)), "text")
    expect("length", length, int, "128, 192 or 256", most=256)
    return CrosswalkReport(
        *_core.run_crosswalk(
            as_column(ids),
            old=old,
            new=new,
            context=context,
            kind=kind,
            length=length,
            encoding=encoding,
            on_invalid=on_invalid,
            out=fspath(out),
            audit=audit.handle,
            run_id=current_run(),
            actor=who,
            reason_ref=reason_ref,
            authoriser=authoriser,
        ),
    )


def _spec_text(side: Any, settings: Mapping[str, Any]) -> str:
    if isinstance(side, Pseudonymiser):
        side = side.act(**settings)
    if isinstance(side, Mapping):
        side = side.get(_METADATA, side.get(_METADATA.encode(), side))
    if isinstance(side, (str, bytes)):
        try:
            side = json.loads(side)
        except ValueError:
            side = None
    if not isinstance(side, Mapping):
        message = (
            "expected a Pseudonymiser, or the description of a pseudonym column as a dictionary or JSON text"
        )
        raise MisuseError(
            message, "misuse.argument", {"name": "left, right", "expected": "a pseudonym column"}
        )
    # An act says what it does and with invalid cells, which is no part of what the pseudonyms are.
    return json.dumps({name: value for name, value in side.items() if name not in {"act", "on_invalid"}})
