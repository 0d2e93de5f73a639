"""Records of a verified audit log as other systems read them: FHIR ``AuditEvent`` and the Elastic Common Schema."""

from __future__ import annotations

import json
from os import fspath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig.audit_reading import Held, wanted_settings

if TYPE_CHECKING:
    import datetime as dt
    from os import PathLike

Projection = Literal["fhir_r4", "fhir_r5", "ecs"]


class AuditSource(NamedTuple):
    """Where the records come from, in the terms of FHIR.

    ``base`` is an absolute URI of the organisation that keeps the log; the systems of its own identifiers and codes
    follow from it, such as ``<base>/actor``. ``observer`` is the id of what wrote the records. ``actor_system`` is the
    system of the ids of actors, such as that of the smartcard, and ``organisation_system`` that of organisations, ODS
    codes if left out.

    ``client`` and ``server``, each an id and a network address, say that **every** record to be projected is a REST
    interaction between these two. Nothing in a record shows that, and a profile that is claimed on it is as true as it.
    """

    base: str
    observer: str
    actor_system: str | None = None
    organisation_system: str | None = None
    client: tuple[str, str] | None = None
    server: tuple[str, str] | None = None


def project_audit(
    path: str | PathLike[str],
    held: Held = None,
    *,
    to: Projection,
    source: AuditSource | None = None,
    run: str | None = None,
    event: str | None = None,
    actor: str | None = None,
    dataset: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[dict[str, Any]]:
    """Verify a log and return its wanted records as FHIR ``AuditEvent`` resources or Elastic documents, in their order.

    Nothing is returned from a log that does not verify. Each object names the number and the hash of its record, so
    that it can be found in the log again. The objects are not part of the chain: whoever can write where they are kept
    can change them, which only a comparison with the log shows.

    Parameters
    ----------
    path, held, run, event, actor, dataset, since, until
        As for ``read_audit``.
    to
        ``"fhir_r4"``, ``"fhir_r5"``, or ``"ecs"`` for the Elastic Common Schema 9.
    source
        Where the records come from; for FHIR alone.

    Raises
    ------
    AuditError
        As ``read_audit``; ``audit.field`` and ``audit.identifier_in_field`` for a source.
    MisuseError
        ``misuse.argument``.

    """
    wanted = {"run": run, "event": event, "actor": actor, "dataset": dataset}
    lines = projected_lines(path, held, to=to, source=source, since=since, until=until, **wanted)
    return [json.loads(line) for line in lines]


def projected_lines(
    path: str | PathLike[str],
    held: Held = None,
    *,
    to: str,
    source: AuditSource | None = None,
    **wanted: Any,
) -> list[str]:
    """Return what ``project_audit`` does, each object as one line of JSON."""
    expect("to", to, str, 'one of "fhir_r4", "fhir_r5" and "ecs"')
    settings = wanted_settings(path, held, **wanted)
    given = None if source is None else _given(source)
    lines: list[str] = with_settings(
        _core.project_audit_records, fspath(path), to=to, source=given, **settings
    )
    return lines


def _given(source: AuditSource) -> tuple[Any, ...]:
    expect("source", source, AuditSource, "an AuditSource")
    ends = [source.client, source.server]
    for name, end in zip(("client", "server"), ends, strict=True):
        whole = "an id and a network address, of both client and server or of neither"
        expect(name, end, type(None) if ends == [None, None] else tuple, whole)
        if end is not None and [type(part) for part in end] != [str, str]:
            expect(name, end, (), whole)
    both = None if source.client is None else ends
    return source.base, source.observer, source.actor_system, source.organisation_system, both
