"""The check of a cohort with the national service, from the request to the dated answer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from contextlib import contextmanager
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect, the_key, with_settings
from nhs_ig.audit import AuditLog
from nhs_ig.errors import AccessError, IgError, MisuseError
from nhs_ig.opt_outs import read_check_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

Progress = Literal["prepared", "sending", "sent", "answered", "refused"]

DEFAULT_WORKFLOW_ID = "SPINE_NTT_UPHOLDING"
DEFAULT_MAX_FILE_BYTES = 100_000_000
_LARGEST = (1 << 63) - 1

# What an audit record may say besides; the rest of its fields is for the check to fill in.
_RECORD_FIELDS = {"role", "org", "purpose", "agreement_id", "dataset", "reason_ref", "authoriser", "corr_id"}


class CheckFile(NamedTuple):
    """One request file and how far it has come. ``hash`` is keyed: it gives no number away."""

    name: str
    local_id: str
    numbers: int
    hash: str
    progress: Progress
    message_id: str | None
    refused: str | None


class OptOutCheck:
    """A check of a cohort with the National Data Opt-Out service.

    Make one with ``OptOutCheck.prepare``, send its files, and give the answers to ``receive``; or let
    ``nhs_ig.mesh.exchange`` do both. Between the two only a state file is kept: its numbers are keyed pseudonyms.

    It does not make the use of data lawful, and the list is not consent: it says who had not opted out on a day.
    """

    __slots__ = ("_handle", "_key_id", "_left_out", "_path")

    def __init__(
        self, handle: _core.OptOutCheckHandle, path: str, key_id: str, left_out: int | None = None
    ) -> None:
        """Keep the parts; use ``prepare`` or ``open``."""
        expect("the check", handle, _core.OptOutCheckHandle, "what OptOutCheck.prepare makes")
        self._handle, self._path, self._key_id, self._left_out = handle, path, key_id, left_out

    @classmethod
    def prepare(
        cls,
        cohort: Any,
        *,
        state: str | PathLike[str],
        key: _core.Key | _core.KeyRing,
        mailbox: str,
        local_id: str,
        sequence: int,
        id: str = "nhs_number",  # noqa: A002 - the name of the contract
        on: dt.date | None = None,
        subject: str | None = None,
        workflow_id: str = DEFAULT_WORKFLOW_ID,
        numbers: Literal["valid", "format_only"] = "valid",
        on_invalid: Literal["raise", "leave_out"] = "raise",
        max_file_bytes: int = DEFAULT_MAX_FILE_BYTES,
        audit: AuditLog | None = None,
        actor: str | None = None,
        **fields: str | None,
    ) -> OptOutCheck:
        r"""Make the request files and the state file of a cohort.

        Files are as the service takes them: one number and a comma a line, LF, no header, cut between lines. Each
        number goes out once, in an order that is not that of the source. Missing numbers are left out and counted.

        Parameters
        ----------
        cohort
            A column of NHS numbers, or a table with the column ``id``.
        state
            The new state file, readable by its owner alone.
        key
            Makes the pseudonyms in it, and its seal.
        mailbox
            Your own MESH mailbox.
        local_id
            Names the request and its answer: up to 64 letters, digits, hyphens and underscores.
        sequence
            The number of the first file in this month, 1 to 9999.
        id
            The column of a table.
        on
            The day in the file names; today unless given.
        subject
            The subject of the message; the local id unless given.
        workflow_id
            The workflow of the service.
        numbers
            ``"format_only"`` takes ten digits whatever the check digit.
        on_invalid
            ``"leave_out"`` leaves invalid numbers out and counts them.
        max_file_bytes
            The largest size of a file.
        audit
            Takes the records (event ``opt_out_check``); then ``actor`` is needed.
        actor
            The person who acts, by an id.
        **fields
            ``role``, ``org``, ``purpose``, ``agreement_id``, ``dataset``, ``reason_ref``, ``authoriser``, ``corr_id``.

        Raises
        ------
        AccessError
            ``opt_out.check_setting``, ``opt_out.nothing_submitted``, ``opt_out.state_exists``,
            ``opt_out.state_unreadable``
        IdentifierError
            ``identifier.invalid_cells``, ``identifier.length`` and others
        MisuseError
            ``misuse.argument``, ``misuse.column_missing``, ``misuse.column_type``

        Examples
        --------
        >>> import nhs_ig as ig, datetime as dt, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     check = ig.OptOutCheck.prepare(
        ...         ["999 000 0026", "999 000 0018"], state=f"{folder}/check.json", key=ig.Key.generate(),
        ...         mailbox="X26ABC1", local_id="cohort-a", sequence=1, on=dt.date(2026, 11, 22),
        ...     )
        ...     answer = check.receive(b"9990000018,\n", expected_share=0.5)
        >>> answer
        NotOptedOut(checked_at='2026-11-22', submitted=2)

        """
        choice = {"raise": True, "leave_out": False}
        expect(
            "on_invalid",
            choice.get(on_invalid) if isinstance(on_invalid, str) else None,
            bool,
            '"raise" or "leave_out"',
        )
        expect("state", state, (str, Path), "a path")
        expect("on", on, (dt.date, type(None)), "a date")
        for name, value in {"sequence": sequence, "max_file_bytes": max_file_bytes}.items():
            expect(name, value, int, "a whole number", most=_LARGEST)
        key = the_key(key)
        settings = {
            "mailbox": mailbox,
            "sequence": sequence,
            "subject": subject,
            "local_id": local_id,
            "workflow_id": workflow_id,
            "numbers": numbers,
            "max_file_bytes": max_file_bytes,
        }
        for name in ("mailbox", "local_id", "workflow_id", "numbers"):
            expect(name, settings[name], str, "text")
        expect("subject", subject, (str, type(None)), "text")
        day = on or dt.date.today()  # noqa: DTZ011 - a calendar day where the data is held
        with recording(audit, actor, fields, key.id) as record:
            cells = _texts(_column(cohort, id)) if numbers == "format_only" else _column(cohort, id)
            handle, left_out = _core.OptOutCheckHandle.prepare(
                cells, json.dumps(settings), day, key, fspath(state), choice[on_invalid]
            )
            made = cls(handle, fspath(state), key.id, left_out)
            record.about(made, made.submitted_count)
        return made

    @classmethod
    def open(cls, state: str | PathLike[str], key: _core.Key | _core.KeyRing) -> OptOutCheck:
        """Go on with a check whose state is on disk; its request files are not in it.

        Raises
        ------
        AccessError
            ``opt_out.state_unreadable``, ``opt_out.state_changed``
        KeyError
            ``key.mismatch``

        """
        expect("state", state, (str, Path), "a path")
        key = the_key(key)
        return cls(with_settings(_core.OptOutCheckHandle.open, fspath(state), key), fspath(state), key.id)

    @property
    def files(self) -> list[CheckFile]:
        """Every request file and how far it has come."""
        return [CheckFile(**file) for file in self._handle.files()]

    @property
    def requests(self) -> dict[str, bytes]:
        """The request files by name, if this object prepared them: they hold NHS numbers, so take care of them."""
        return dict(self._handle.requests())

    @property
    def check_id(self) -> str:
        """Names the check: the first file's name without its ending."""
        return self._handle.names()[0]

    @property
    def mailbox(self) -> str:
        """Your own mailbox."""
        return self._handle.names()[1]

    @property
    def workflow_id(self) -> str:
        """The workflow of the messages."""
        return self._handle.names()[2]

    @property
    def subject(self) -> str:
        """The subject of the messages."""
        return self._handle.names()[3]

    @property
    def submitted_count(self) -> int:
        """How many different numbers the request holds."""
        return self._handle.submitted_count()

    @property
    def left_out(self) -> int | None:
        """How many cells of the cohort were left out; none if the check was opened."""
        return self._left_out

    def write_requests(self, folder: str | PathLike[str]) -> list[str]:
        """Write the request files into a folder, new and readable by their owner alone, and return their names.

        They hold NHS numbers: send them and delete them.

        Raises
        ------
        AccessError
            ``opt_out.state_exists``, ``opt_out.state_unreadable``

        """
        expect("folder", folder, (str, Path), "a path")
        self._handle.write_requests(fspath(folder))
        return list(self.requests)

    def mark_sent(self, local_id: str, message_id: str | None = None) -> None:
        """Record that a file was sent, such as by the web page of MESH.

        Raises
        ------
        AccessError
            ``opt_out.wrong_local_id``, ``opt_out.check_setting``

        """
        with_settings(self._handle.sent, local_id=local_id, message_id=message_id)

    def mark_not_sent(self, local_id: str) -> None:
        """Allow a file to be sent whose sending ended without an answer, after you saw in MESH that it was not taken.

        Raises
        ------
        AccessError
            ``opt_out.wrong_local_id``, ``opt_out.sent_already``

        """
        with_settings(self._handle.not_sent, local_id=local_id)

    def receive(
        self,
        answers: Any,
        *,
        checked_at: dt.date | None = None,
        expected_share: float | None = None,
        nobody_opted_out: Literal["refuse", "allow"] = "refuse",
        audit: AuditLog | None = None,
        actor: str | None = None,
        **fields: str | None,
    ) -> _core.NotOptedOut:
        """Read the service's answers and return the dated list.

        Parameters
        ----------
        answers
            The bytes or the path of an answer; several in a list of paths, or by local id. The name of a path without
            its ending is taken for the local id where it is one.
        checked_at
            The day of the check: unless given, that of the sending, or of the preparation if that is not known.
        expected_share
            The greatest share of people, 0 to 1, that may have opted out; half unless given.
        nobody_opted_out
            ``"allow"`` takes an answer that holds every number of its request; it could be the request itself.
        audit, actor, **fields
            As in ``prepare``. The records count the people who had not opted out.

        Raises
        ------
        AccessError
            ``opt_out.service_rejected_file``, ``opt_out.pending_receipt``, ``opt_out.wrong_local_id``,
            ``opt_out.local_id_missing``, ``opt_out.answer_missing``, ``opt_out.answer_twice``,
            ``opt_out.returned_not_submitted``, ``opt_out.empty_answer``, ``opt_out.looks_like_deny_list``,
            ``opt_out.request_sent_back``, ``opt_out.file_line``, ``opt_out.file_text``,
            ``opt_out.answered_too_early``, ``opt_out.undelivered``
        MisuseError
            ``misuse.argument``, ``misuse.unreadable``

        """
        with recording(audit, actor, fields, self._key_id, self) as record:
            for local_id, content in self._answers(answers):
                self._store(content, local_id, nobody_opted_out)
            made = self.finish(checked_at=checked_at, expected_share=expected_share)
            record.count = made.submitted_count - made.opted_out_count
        return made

    def finish(
        self, *, checked_at: dt.date | None = None, expected_share: float | None = None
    ) -> _core.NotOptedOut:
        """Return the list of a check whose files are all answered.

        Raises
        ------
        AccessError
            ``opt_out.answer_missing`` and others, as ``receive``

        """
        return with_settings(self._handle.finish, checked_at=checked_at, expected_share=expected_share)  # type: ignore[no-any-return]

    def _store(self, content: bytes, local_id: str | None, nobody_opted_out: str) -> None:
        expect("an answer", content, bytes, "bytes or a path")
        with_settings(
            self._handle.store_answer, content, local_id=local_id, nobody_opted_out=nobody_opted_out
        )

    def _answers(self, answers: Any) -> Iterator[tuple[str | None, bytes]]:
        """Each answer with its local id; all are read before the first is stored."""
        if isinstance(answers, (bytes, str, Path)):
            answers = [answers]
        if isinstance(answers, Mapping):
            return iter([(name, self._content(answer)[1]) for name, answer in answers.items()])
        expect("answers", answers, (list, tuple), "bytes, a path, a list of paths, or answers by local id")
        return iter([self._content(answer) for answer in answers])

    def _content(self, answer: Any) -> tuple[str | None, bytes]:
        if isinstance(answer, bytes):
            return None, answer
        expect("an answer", answer, (str, Path), "bytes or a path")
        stem = Path(answer).stem
        known = {name: file.local_id for file in self.files for name in (file.local_id, Path(file.name).stem)}
        return known.get(stem), read_check_file(answer)

    def __repr__(self) -> str:
        """Show names and counts only."""
        if not hasattr(self, "_handle"):
            return "OptOutCheck(not made)"
        return f"OptOutCheck('{self.check_id}', files={len(self.files)}, submitted={self.submitted_count})"

    def __reduce__(self) -> Any:
        """Refuse: a worker opens the state itself."""
        message = "an opt-out check cannot be pickled or copied; open its state file with OptOutCheck.open"
        raise MisuseError(message, "misuse.argument", {"name": "the check", "expected": "no pickle"})

    def __copy__(self) -> Any:
        """Refuse, as pickling does."""
        return self.__reduce__()

    def __deepcopy__(self, _memo: object) -> Any:
        """Refuse, as pickling does."""
        return self.__reduce__()


class _Record:
    """What the last audit record of an act says."""

    def __init__(self) -> None:
        self.object: str | None = None
        self.count: int | None = None

    def about(self, check: OptOutCheck, count: int) -> None:
        """Name the request by its hash."""
        self.object, self.count = check._handle.names()[4], count  # noqa: SLF001


@contextmanager
def recording(
    audit: AuditLog | None,
    actor: str | None,
    fields: Mapping[str, str | None],
    key_id: str,
    check: OptOutCheck | None = None,
) -> Iterator[_Record]:
    """Record the attempt, run the block, and record how it ended: refused by a rule, failed or done."""
    if not set(fields) <= _RECORD_FIELDS:
        message = "a field of the record is not usable: expected those of record v1; there is no free text"
        raise MisuseError(message, "misuse.argument", {"name": "the fields of the record"})
    record = _Record()
    if check is not None:
        record.about(check, check.submitted_count)
    if audit is None:
        yield record
        return
    expect("audit", audit, AuditLog, "an AuditLog")
    expect("actor", actor, str, "the id of a person, since an audit log is given")

    def take(outcome: Any, code: str | None = None) -> None:
        audit.audit(
            "opt_out_check",
            actor=str(actor),
            outcome=outcome,
            count=record.count,
            object=record.object,
            key_id=key_id,
            code=code,
            **fields,  # type: ignore[arg-type]
        )

    take("attempt")
    try:
        yield record
    except BaseException as error:
        code = error.code if isinstance(error, IgError) else None
        take("refused" if isinstance(error, AccessError) else "failure", code)
        raise
    take("success")


def _column(cohort: Any, name: str) -> Any:
    """Return the column of a table, or the column itself."""
    if type(cohort).__name__ == "LazyFrame":
        cohort = cohort.select(name).collect()
    if isinstance(cohort, _core.Table):
        cohort = cohort.to_lists()
    is_table = isinstance(cohort, Mapping) or hasattr(cohort, "columns") or hasattr(cohort, "column_names")
    if not is_table:
        return cohort
    names: Sequence[Any] = list(
        cohort if isinstance(cohort, Mapping) else getattr(cohort, "column_names", None) or cohort.columns
    )
    if name not in names:
        message = f"the table has no column {name}; name the one with the NHS numbers"
        raise MisuseError(message, "misuse.column_missing", {"column": name})
    return cohort[name]


def _texts(column: Any) -> list[str]:
    """Return the ten digits of each cell that is there; a number has lost its leading zeros."""
    from nhs_ig._columns import as_column

    cells = as_column(column)
    if not isinstance(cells, list):
        cells = cells.to_list() if hasattr(cells, "to_list") else cells.to_pylist()
    return [f"{cell:010d}" if isinstance(cell, int) else str(cell) for cell in cells if cell is not None]
