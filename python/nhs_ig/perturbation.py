"""Tables of people whose counts have a little noise instead of holes: the cell key method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from nhs_ig import _core
from nhs_ig._arguments import the_key
from nhs_ig._frames import like, only
from nhs_ig._hierarchies import as_plain
from nhs_ig._table_arguments import key_columns, not_usable
from nhs_ig.magnitudes import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def perturb_counts(
    people: Any,
    *,
    by: Sequence[str] | str,
    person: str,
    key: _core.Key | _core.KeyRing,
    context: str,
    table: _core.PerturbationTable | None = None,
    max_noise: int | None = None,
    variance: int | None = None,
    unpublished: int | None = None,
    bits: int | None = None,
    kind: str = "nhs_number",
    margins: Literal["none", "all"] = "none",
    total: str = "Total",
    hierarchies: Mapping[str, Any] | None = None,
) -> Any:
    """Count people by key columns and give each count the noise of the people in it: cell keys v1.

    Every person has a record key from a keyed hash of the identifier; the keys of the people in a cell add up to its
    cell key, which decides the noise. So the same people have the same noise in every table under the same key,
    context, kind and noise, whatever the table calls them, and asking again teaches nothing. The noise is right on
    average, exactly, and never more than ``max_noise``. The result holds nothing but the key columns and the changed
    counts ``n``.

    Sums do not hold: each total has noise of its own. It does not protect against averages over many tables of
    different breakdowns, and a true zero is shown as zero. ``docs/cell_key_v1.md`` lists the attacks that still work.

    Parameters
    ----------
    people
        A Polars or pandas DataFrame, an Arrow table or a dictionary of lists, one row a person.
    by
        The key columns.
    person
        The column of identifiers; nobody may stand in two rows.
    key, context, kind
        The key, the series of publications whose tables are to agree, and the kind of the identifier.
    table
        The noise, as a ``PerturbationTable``.
    max_noise, variance, unpublished, bits
        The noise without ``table``: the most by which a count changes, its variance, and if wanted the number up to
        which no result above zero lies, and the fineness of the probabilities.
    margins
        ``"all"``: every total is added, and the result is the whole cross of the categories. ``"none"``: none is.
    total, hierarchies
        As for ``suppress``.

    Raises
    ------
    PolicyError
        ``policy.duplicate_person``, ``policy.margins_unavailable``, ``policy.total_row_found``,
        ``policy.hierarchy_ambiguous``, ``policy.hierarchy_incomplete``, ``policy.table_too_large``
    IdentifierError
        ``identifier.invalid_cells``
    KeyError
        ``key.purpose``, ``key.pending``, ``key.retired``
    MisuseError
        ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``

    Examples
    --------
    >>> import nhs_ig as ig
    >>> people = {"id": [f"P{n}" for n in range(60)], "sex": ["F", "M", "F"] * 20}
    >>> noise = ig.PerturbationTable(max_noise=5, variance=2, unpublished=2)
    >>> made = ig.perturb_counts(
    ...     people, by="sex", person="id", kind="patient", key=ig.Key.generate(), context="C-2026", table=noise
    ... )
    >>> list(made), all(abs(shown - true) <= 5 for shown, true in zip(made["n"], [40, 20]))
    (['sex', 'n'], True)

    """
    keys = key_columns(by, None)
    if not all(isinstance(text, str) for text in (person, context, kind)):
        raise not_usable("person, context or kind", "text")
    settings = {"max_noise": max_noise, "variance": variance, "unpublished": unpublished, "bits": bits}
    if table is None and max_noise is not None and variance is not None:
        table = _core.PerturbationTable(
            max_noise=max_noise, variance=variance, unpublished=unpublished, bits=bits
        )
    elif not isinstance(table, _core.PerturbationTable) or any(
        setting is not None for setting in settings.values()
    ):
        raise not_usable("table", "a PerturbationTable, or max_noise and variance instead")
    options = {"margins": margins, "total_label": total, "hierarchies": as_plain(hierarchies, people)}
    made = _core.perturb_people(
        only(people, [*keys, person]), keys, person, plain_text(options), table, (the_key(key), context, kind)
    )
    return like(made, people, "n")
