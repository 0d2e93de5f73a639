"""
The compiled core of `nhs_ig`. Use the names of the package `nhs_ig` instead.
"""

from _typeshed import SupportsGetItem, SupportsLenAndGetItem
from datetime import date
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__all__ = ["__version__", "Agreement", "AuditLogHandle", "Audited", "CheckpointHandle", "Column", "Decision", "Key", "KeyEntry", "KeyRing", "KeyRingFile", "NameList", "NhsNumber", "NotOptedOut", "OptOutCheckHandle", "OptOutFilter", "OptedOut", "Permit", "PerturbationTable", "PseudonymHandle", "RatesHandle", "Request", "SignerKey", "SuggestedMerges", "Suppressed", "SuppressionPolicy", "Table", "act_on_column", "act_on_columns", "act_on_list", "audit_finished_table", "audit_finished_tables", "audit_log_coverage", "check_act", "check_specs_linkable", "count_table", "draft_agreement", "exclude_opted_out", "findings_in_column", "findings_in_list", "forget_key", "forget_names", "hierarchy_of_columns", "microdata_at_risk", "new_run_id", "open_consistency_proof", "open_inclusion_proof", "panic_inside", "perturb_people", "project_audit_records", "read_audit_records", "read_table", "record_refused_reidentify", "register_agreements", "reidentify_column", "reidentify_table", "round_table_additively", "round_table_randomly", "rows_that_stay", "run_crosswalk", "run_release", "scan_microdata", "suggest_levels", "suggest_table_merges", "suppress_contributions", "suppress_rate_table", "suppress_table", "suppress_tables", "table_from_lists", "tail_audit_log", "verify_audit_log", "write_table"]

__version__: Final[str]
"""
Version of the library.
"""

@final
class Agreement:
    """
    A data sharing agreement, read from TOML and checked.

    Unknown keys, missing ones and contradictions are errors with line and remedy. What the file says is taken as
    true: that the named people signed and approved is not something this library can know.

    Raises `AccessError` with code `agreement.syntax`, `agreement.unknown_key`, `agreement.missing_key`,
    `agreement.value` or `agreement.inconsistent`; `MisuseError` with code `misuse.unreadable`.
    """
    def __repr__(self, /) -> str: ...
    def article_30(self, /) -> Any:
        """
        The entries of UK GDPR Article 30(1), held or not: paragraph, entry, content, held.
        """
    def data_use(self, /) -> Any:
        """
        The agreement as a row of a public Data Use Register, by its column names; empty where it holds nothing.
        """
    @property
    def datasets(self, /) -> list[str]:
        """
        The names of its datasets.
        """
    def decide(self, /, request: Request) -> Decision:
        """
        Holds a request against the agreement: every check, passed or not.

        The decision is data; nothing is released until `permit()` is asked.
        """
    def diff(self, /, newer: Any) -> Any:
        """
        Every change from this agreement to a newer one: path with names, before, after, and whether it lets more out
        (`"wider"`, `"narrower"` or `"other"`). What cannot be told is wider.

        Raises `MisuseError` with code `misuse.argument`.
        """
    @staticmethod
    def from_text(text: str, *, name: str = "agreement.toml") -> Agreement:
        """
        Reads an agreement from text; `name` is used in messages.
        """
    @property
    def id(self, /) -> str:
        """
        Its id, which is the context of its pseudonyms.
        """
    @staticmethod
    def load(path: str | PathLike[str]) -> Agreement:
        """
        Reads an agreement file.
        """
    def page(self, /, on: Any | None = None) -> str:
        """
        The agreement on one page of plain English. It is for reading; the file alone decides.

        Raises `MisuseError` with code `misuse.argument`.
        """
    @property
    def sha256(self, /) -> str:
        """
        SHA-256 of its bytes.
        """
    def standing(self, /, on: Any | None = None) -> Any:
        """
        How the agreement stands on a day, whoever may ask: in force or why not, days to its end, reviews, and missing
        signatures and approvals. `on` left out is today.

        It comes from the same checks as a decision. Raises `MisuseError` with code `misuse.argument`.
        """
    def to_dict(self, /) -> Any:
        """
        The whole agreement as plain data, in the shape of the file; dates are text.
        """
    @property
    def version(self, /) -> str:
        """
        Its version.
        """

@final
class AuditLogHandle:
    """
    An append-only log; see `nhs_ig.AuditLog`.
    """
    def __new__(cls, /, path: str | PathLike[str]) -> AuditLogHandle:
        """
        Opens a log, or makes it, readable by its owner only.
        """
    @property
    def head(self, /) -> tuple[int, str]:
        """
        Records in the log and the hash of its last line, as this handle last saw it.
        """
    def record(self, /, event: str, outcome: str, actor: str, corr_id: str, fields: dict, *, count: SupportsIndex | None = None, durability: str | None = None) -> tuple[int, str, str]:
        """
        Appends one record and gives its number, id and hash.
        """

@final
class Audited:
    """
    The audit of a finished table.
    """
    def audit_summary(self, /) -> Any:
        """
        The auditor's word in sum.
        """
    def audited_cells(self, /) -> Table:
        """
        What can be inferred about each hidden cell.
        """

@final
class CheckpointHandle:
    """
    A checkpoint whose signature was checked; see `nhs_ig.AuditCheckpoint`.
    """
    @staticmethod
    def of_log(path: str | PathLike[str], signer_key: SignerKey, origin: str | None, previous: CheckpointHandle | None) -> CheckpointHandle:
        """
        Verifies a log and signs what it holds now.
        """
    @staticmethod
    def open(text: str, verifier_key: str, origin: str | None) -> CheckpointHandle:
        """
        Opens a checkpoint that was kept.
        """
    @property
    def origin(self, /) -> str:
        """
        The name of the log.
        """
    def prove_consistency(self, /, path: str | PathLike[str], older: CheckpointHandle) -> str:
        """
        The proof, as text, that the log held the older checkpoint.
        """
    def prove_inclusion(self, /, path: str | PathLike[str], seq: SupportsIndex) -> str:
        """
        The proof, as text, that the record with this number is in the log.
        """
    @property
    def root(self, /) -> str:
        """
        The root of the Merkle tree over those records, in hex.
        """
    @property
    def size(self, /) -> int:
        """
        The records it was made of, from the first.
        """
    @property
    def text(self, /) -> str:
        """
        The note as it is kept.
        """

@final
class Column:
    """
    A column made by this library, offered to any Arrow consumer through the PyCapsule interface.
    """
    def __arrow_c_array__(self, /, requested_schema: Any | None = None) -> tuple:
        """
        The Arrow array as two capsules; the requested schema is not used.
        """
    def __len__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    def as_table(self, /) -> Table:
        """
        A table of this column alone, whose chunks are taken over as they are where an array would be copied.
        """
    @property
    def invalid(self, /) -> int:
        """
        How many cells were not valid and were set to null.
        """
    def to_list(self, /) -> list:
        """
        The cells as Python values.
        """

@final
class Decision:
    """
    Whether a request is permitted, and every check that says so. A decision that refuses is truthy like any
    object: ask `permit()`, which raises.
    """
    def __repr__(self, /) -> str: ...
    @property
    def checks(self, /) -> Any:
        """
        Every check: code, outcome, message, source and Caldicott principle.
        """
    @property
    def opt_out(self, /) -> Any:
        """
        Whether the National Data Opt-Out applies, by which rule, and why.
        """
    @property
    def outcome(self, /) -> str:
        """
        `"permit"` or `"refuse"`.
        """
    def permit(self, /) -> Permit:
        """
        Proof that the request is allowed.

        Raises `AccessError` with code `access.refused` and every reason.
        """
    @property
    def refusals(self, /) -> Any:
        """
        The checks that refuse.
        """
    def to_dict(self, /) -> Any:
        """
        The decision as plain data.
        """

@final
class Key:
    """
    A secret key: 32 random bytes with a public id.

    The bytes never come back to Python: there is no way to print, copy or pickle them. They are wiped when the
    key is dropped. Make one with `from_file`, `from_env`, `from_function` or `generate`.

    It does not protect against another program of the same user reading this process's memory.
    """
    def __copy__(self, /) -> Any: ...
    def __deepcopy__(self, /, _memo: Any) -> Any: ...
    def __reduce__(self, /) -> Any: ...
    def __repr__(self, /) -> str: ...
    @property
    def check_value(self, /) -> str:
        """
        Ten hex digits by which two holders see that they have the same key.
        """
    @staticmethod
    def from_env(variable: str = "NHS_IG_KEY") -> Key:
        """
        Reads a key from an environment variable in its text form `nhsig_sk_<id>_<64 hex digits>`.

        Raises `KeyError` with code `key.missing`, `key.format` or `key.weak`.
        """
    @staticmethod
    def from_file(path: str | PathLike[str], *, permissions: str = "owner_only") -> Key:
        """
        Reads a key file.

        `permissions` is `"owner_only"` (the default: a file that others can read is refused) or
        `"managed_mount"` for a container platform's secret mount.

        Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.format` or `key.weak`.
        """
    @staticmethod
    def from_function(function: Any, *, id: str | None = None) -> Key:
        """
        Asks a function of yours, such as a call to a key management service, for the key.

        The function takes no argument and returns the text form as `str`, or 32 `bytes` if `id` is given.

        Raises `KeyError` with code `key.format`, `key.id` or `key.weak`; what the function raises passes through.
        """
    @staticmethod
    def generate(*, id: str | None = None) -> Key:
        """
        Makes a new random key, with a random id unless one is given.

        Raises `KeyError` with code `key.id` or `key.random`.
        """
    @property
    def id(self, /) -> str:
        """
        The public id.
        """
    def write_new_file(self, /, path: str | PathLike[str]) -> None:
        """
        Writes the key to a new file that its owner alone can read; an existing file is never overwritten.

        Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
        """

@final
class KeyEntry:
    """
    What may be shown of a key of a ring: everything but the key.
    """
    def __repr__(self, /) -> str: ...
    @property
    def available(self, /) -> bool:
        """
        Whether the key itself is at hand in this process; of a `KeyRingFile`, whether it is inside the file.
        """
    @property
    def check_value(self, /) -> str:
        """
        Ten hex digits by which two holders see that they have the same key.
        """
    @property
    def created(self, /) -> date | None:
        """
        The day it was made.
        """
    @property
    def id(self, /) -> str:
        """
        The public id.
        """
    @property
    def purposes(self, /) -> list[str]:
        """
        Agreements or projects that it is for; an empty list stands for any.
        """
    @property
    def retired(self, /) -> date | None:
        """
        The day it was retired.
        """
    @property
    def status(self, /) -> str:
        """
        Where it stands in its life: `"pending"`, `"primary"` or `"retired"`.
        """

@final
class KeyRing:
    """
    The keys of a ring file: one primary for new pseudonyms, pending ones to come, retired ones for old extracts.

    The bytes never come back to Python, and a ring is never copied or pickled: give its path to other processes.

    It does not protect against another program of the same user reading this process's memory.
    """
    def __copy__(self, /) -> Any: ...
    def __deepcopy__(self, /, _memo: Any) -> Any: ...
    def __reduce__(self, /) -> Any: ...
    def __repr__(self, /) -> str: ...
    @property
    def entries(self, /) -> list[KeyEntry]:
        """
        What may be shown of every key, by id.
        """
    @staticmethod
    def from_file(path: str | PathLike[str], *, permissions: str = "owner_only", function: Any | None = None) -> KeyRing:
        """
        Reads a ring file and takes its keys from where they are: inside, key files, environment variables, and
        your function.

        `function` is called with the id of each key that has `caller = true`. It returns the text form as `str`,
        or 32 `bytes`, or `None` where it has no such key. A key that is not at hand is listed without its key,
        except for the primary, which must be there. `permissions` is that of `Key.from_file`.

        Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.format`, `key.weak`,
        `key.mismatch` or `key.ring_*`; what the function raises passes through.
        """
    def key(self, /, key_id: str) -> Key:
        """
        The key of an id, whatever its status; what it may be used for is checked where it is used.

        Raises `KeyError` with code `key.id` or `key.unavailable`.
        """
    def load(self, /, *, retired: str = "refuse") -> None:
        """
        Puts every key that is at hand into this process's ring, where plans and pickles find it by its id.

        For a worker process that is given plans. Plans that were made with a key that is now retired fail with
        `key.retired`, unless `retired` is `"allow"`.

        Raises `KeyError` with code `key.id_conflict`.
        """
    @property
    def primary(self, /) -> Key:
        """
        The key for new pseudonyms.
        """

@final
class KeyRingFile:
    """
    The file of a key ring, for those who look after keys.

    It is readable by its owner alone. A change is whole or not made, and two people who change it at the same time
    lose nothing. It does not keep comments, and it does not keep a copy elsewhere: that is yours to do.

    Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable`, `key.mismatch` or `key.ring_*`.
    """
    def __new__(cls, /, path: str | PathLike[str], *, permissions: str = "owner_only") -> KeyRingFile:
        """
        Opens a ring file and checks its form.
        """
    def __repr__(self, /) -> str: ...
    def add(self, /, key: Key, *, created: date, purposes: SupportsGetItem[int, str] | None = None, file: str | None = None, env: str | None = None, caller: bool = False) -> None:
        """
        Adds a key, pending until it is promoted.

        The key goes into the file, unless one of these says where it is: `file`, a key file's path from the ring's
        folder; `env`, a variable's name; `caller=True`, your function.

        Raises `KeyError` with code `key.ring_duplicate`, `key.ring_same_secret`, `key.ring_field` or `key.mismatch`.
        """
    @staticmethod
    def create(path: str | PathLike[str], key: Key, *, created: date, purposes: SupportsGetItem[int, str] | None = None) -> KeyRingFile:
        """
        Makes a new ring file with one key, its primary, inside; an existing file is never overwritten.

        Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
        """
    @property
    def entries(self, /) -> list[KeyEntry]:
        """
        What may be shown of every key, in the order of the file.
        """
    def promote(self, /, key_id: str, *, on: date) -> None:
        """
        Makes a pending key the primary; the primary before it is retired on that day.

        Raises `KeyError` with code `key.unavailable` or `key.ring_status`.
        """
    def retire(self, /, key_id: str, *, on: date) -> None:
        """
        Retires a pending key. The primary is retired by promoting another, so that there always is one.

        Raises `KeyError` with code `key.unavailable`, `key.ring_primary` or `key.ring_status`.
        """

@final
class NameList:
    """
    Names of people that `scrub_text` is to find, kept in this process under an id.

    Names are found in any case, with or without accents, hyphens and apostrophes, surname first, and by the parts of
    a full name. The names never come back: expressions, plans and errors hold the id and a check value of four hex
    digits, and the object cannot be printed, copied or pickled with its names.

    It does not find nicknames, misspelt names, initials or people who are not on the list.
    """
    def __copy__(self, /) -> Any: ...
    def __deepcopy__(self, /, _memo: Any) -> Any: ...
    def __len__(self, /) -> int: ...
    def __new__(cls, /, names: SupportsGetItem[int, str], *, id: str) -> NameList:
        """
        Makes a list and registers it in this process.

        Raises `MisuseError` with code `misuse.argument` or `misuse.names_conflict`.
        """
    def __reduce__(self, /) -> Any: ...
    def __repr__(self, /) -> str: ...
    @property
    def check_value(self, /) -> str:
        """
        Four hex digits by which two processes see that they have the same list.
        """
    @property
    def id(self, /) -> str:
        """
        The public id.
        """

@final
class NhsNumber:
    """
    A ten-digit number whose check digit fits; making one is the check.

    Takes `str` (spaces, hyphens and dots are removed), `int` (leading zeros are put back) or a whole `float`.
    `str()` gives the 3-3-4 form, `repr()` does not show the digits. A fitting check digit does not say that the
    number was issued or whose it is: one in eleven random numbers passes.

    Raises `IdentifierError` with code `identifier.length`, `identifier.character`, `identifier.non_ascii_digit`,
    `identifier.check_digit`, `identifier.placeholder`, `identifier.negative` or `identifier.fraction`.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, value: Any) -> NhsNumber: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def chi_date(self, /) -> tuple[int, int, int] | None:
        """
        Day, month and two-digit year that a Scottish number begins with, or `None`.
        """
    @property
    def digits(self, /) -> str:
        """
        The ten digits without spaces.
        """
    @property
    def is_synthetic(self, /) -> bool:
        """
        Whether it is of the range 900 to 999, which is never issued to a person.
        """
    @property
    def region(self, /) -> str:
        """
        Who issues numbers of this range: `scotland`, `northern_ireland`, `england_wales_isle_of_man`, `reserved`,
        `ireland`, `synthetic` or `unallocated`.
        """

@final
class NotOptedOut:
    """
    The answer of the national check service: the people who may stay, on the day they were checked.

    It is not a list of people who opted out, and the two cannot be mixed up. It says "not opted out at that time",
    never "consented", and must not be written onto the extract.
    """
    def __repr__(self, /) -> str: ...
    @property
    def checked_at(self, /) -> date:
        """
        The day of the check.
        """
    @staticmethod
    def from_check_service(submitted: Any, returned: Any, *, checked_at: date, expected_share: SupportsFloat | SupportsIndex | None = None) -> NotOptedOut:
        """
        Reads an answer: what was submitted, what came back, and when.

        Both are columns of NHS numbers, or the bytes of request and response files. `expected_share` is the
        greatest share of people, 0 to 1, that may have opted out; left out, it is half.

        Raises `AccessError` with a code `opt_out.*`, such as `opt_out.looks_like_deny_list`.
        """
    @staticmethod
    def load(path: Any, key: Any) -> NotOptedOut:
        """
        Loads a saved answer; it is as old as the check.

        Raises `AccessError` with code `opt_out.state_unreadable` or `opt_out.state_changed`, `KeyError` with code
        `key.mismatch`, `MisuseError` with code `misuse.argument`.
        """
    @property
    def opted_out_count(self, /) -> int:
        """
        How many of them had opted out.
        """
    def save(self, /, path: Any, key: Any) -> None:
        """
        Saves the answer as keyed pseudonyms in a new file that its owner alone can read.

        No NHS number is in the file, and without the key nobody can change its day or its people. A list that came
        from an `OptOutCheck` takes the key of that check. Keep it apart from every extract and record.

        Raises `AccessError` with code `opt_out.state_exists` or `opt_out.state_unreadable`, `KeyError` with code
        `key.mismatch`, `MisuseError` with code `misuse.argument`.
        """
    @property
    def submitted_count(self, /) -> int:
        """
        How many different people were submitted.
        """

@final
class OptOutCheckHandle:
    """
    A check behind its wrapper `nhs_ig.OptOutCheck`.
    """
    def __repr__(self, /) -> str: ...
    def begin_sending(self, /, bytes: bytes) -> str:
        """
        Records that sending begins; gives the local id.
        """
    def files(self, /) -> Any:
        """
        Every request file and how far it has come.
        """
    def finish(self, /, checked_at: date | None, expected_share: SupportsFloat | SupportsIndex | None) -> NotOptedOut: ...
    def names(self, /) -> tuple[str, str, str, str, str]:
        """
        Check id, mailbox, workflow, subject and the hash for the audit log.
        """
    def not_sent(self, /, local_id: str) -> None: ...
    @staticmethod
    def open(path: str | PathLike[str], key: Key) -> OptOutCheckHandle:
        """
        Goes on with a check on disk.
        """
    @staticmethod
    def prepare(cohort: Any, options: str, on: date, key: Key, path: str | PathLike[str], refuse_invalid: bool) -> tuple[OptOutCheckHandle, int]:
        """
        Makes the request of a column of numbers, or of a list of texts that have ten digits; gives the cells left out.
        """
    def requests(self, /) -> list[tuple[str, bytes]]:
        """
        The request files in memory: name and bytes.
        """
    def sent(self, /, local_id: str, message_id: str | None) -> None: ...
    def store_answer(self, /, bytes: bytes, local_id: str | None, nobody_opted_out: str) -> None: ...
    def submitted_count(self, /) -> int: ...
    def undelivered(self, /, local_id: str) -> None: ...
    def write_requests(self, /, folder: str | PathLike[str]) -> None: ...

@final
class OptOutFilter:
    """
    Opt-out lists made ready for columns and query plans, under the ruling of a decision.

    Plans and pickles name it by a random id. It and its lists stay in this process until `forget()` is called, and
    plans made before then can no longer run.

    Raises `AccessError` with code `opt_out.no_list`, `opt_out.wrong_kind`, `opt_out.stale` or
    `opt_out.dated_in_future`.
    """
    def __new__(cls, /, lists: SupportsGetItem[int, Any], *, decision: Decision | None, on: date, unchecked: str, max_age_days: SupportsIndex) -> OptOutFilter: ...
    def __repr__(self, /) -> str: ...
    def forget(self, /) -> bool:
        """
        Takes it out of this process; says whether it was there.
        """
    @property
    def id(self, /) -> str:
        """
        The random id that plans name it by.
        """

@final
class OptedOut:
    """
    A list of people who must go, such as Type 1 objections.

    It cannot stand for the national check service's answer.
    """
    def __repr__(self, /) -> str: ...
    @staticmethod
    def from_list(numbers: Any, *, source: str) -> OptedOut:
        """
        Reads a list of NHS numbers; `source` says where it comes from, such as `"type 1"`.

        Raises `IdentifierError` with code `identifier.invalid_cells`, `AccessError` with code `opt_out.source`.
        """
    @property
    def source(self, /) -> str:
        """
        Where the list comes from.
        """

@final
class Permit:
    """
    Proof that a request was held against an agreement and allowed. Only `Decision.permit()` makes one.
    """
    def __repr__(self, /) -> str: ...
    @property
    def agreement_id(self, /) -> str:
        """
        Id of the agreement.
        """

@final
class PerturbationTable:
    """
    Small noise for counts, by the keys of the people in a cell: cell keys v1.

    The noise is 0 on average, exactly; its variance is `variance` for every count above `unpublished`; no count changes by
    more than `max_noise`, and none becomes negative or 1 to `unpublished`. Zero stays zero. Probabilities are multiples of
    1 / 2^`bits`. The same settings always give the same table; nothing of it is secret.

    Raises `MisuseError` with code `misuse.argument`.
    """
    def __new__(cls, /, *, max_noise: "int", variance: "int", unpublished: "int | None" = None, bits: "int | None" = None) -> "PerturbationTable": ...
    def __repr__(self, /) -> str: ...
    def rows(self, /) -> list[tuple[int, list[tuple[int, int]]]]:
        """
        For each count from 1 the probability of each noise, in units of 1 / 2^bits; the last is for all larger counts too.
        """
    def to_dict(self, /) -> Any:
        """
        The settings as plain data.
        """

@final
class PseudonymHandle:
    """
    What `nhs_ig.Pseudonymiser` holds: a key id, a check value and a context, but no key.
    """
    def __new__(cls, /, key: Any, *, context: str, retired: str = "refuse") -> PseudonymHandle:
        """
        Puts the key into this process's ring.
        """
    def act(self, /, *, kind: str, length: SupportsIndex, encoding: str, on_invalid: str) -> str:
        """
        The act as JSON text: scheme, key id, check value, context, kind, length, encoding, `on_invalid`.
        """
    @property
    def check_value(self, /) -> str:
        """
        The check value of the key.
        """
    @property
    def context(self, /) -> str:
        """
        The agreement or project.
        """
    def fields_act(self, /, *, kinds: SupportsGetItem[int, str], length: SupportsIndex, encoding: str, on_invalid: str) -> str:
        """
        The act on several fields as JSON text.
        """
    @property
    def key_id(self, /) -> str:
        """
        The public id of the key.
        """
    def numbers_act(self, /, *, check: str, on_invalid: str) -> str:
        """
        The act that makes format-preserving numbers as JSON text.
        """
    def numbers_settings(self, /, *, check: str) -> str:
        """
        What brings format-preserving numbers back, as JSON text.
        """
    @staticmethod
    def restore(key_id: str, check_value: str, context: str) -> PseudonymHandle:
        """
        A handle from its public parts; the key is looked up when it is used.
        """
    def token_act(self, /, *, kind: str, on_invalid: str) -> str:
        """
        The act that makes tokens as JSON text.
        """
    def tokens_settings(self, /, *, kind: str) -> str:
        """
        What brings tokens back, as JSON text.
        """

@final
class RatesHandle:
    """
    A suppressed table of rates.
    """
    def audit_summary(self, /) -> Any:
        """
        The auditor's word in sum.
        """
    def audited_cells(self, /) -> Table:
        """
        What the auditor says of each small part.
        """
    def owner(self, /) -> Table:
        """
        For the data owner only.
        """
    def publish(self, /) -> Table:
        """
        What may leave.
        """

@final
class Request:
    """
    Who asks for what, for which purpose, on which day.

    `datasets` and `outputs` (`"record_level"`, `"aggregate"`) left empty ask for all that the agreement has.
    `territory` is where the data will be used, such as `"England"` or `"UK"`; left out, it is where the agreement
    allows, to which its recipient is bound. `date` is the day of use; left out, it is today.
    """
    def __new__(cls, /, *, actor: str, role: str, organisation: str, purpose: str, datasets: SupportsGetItem[int, str] = ..., outputs: SupportsGetItem[int, str] = ..., territory: str | None = None, date: date | None = None) -> Request: ...
    def __repr__(self, /) -> str: ...
    @property
    def actor(self, /) -> str:
        """
        The person who asks.
        """
    @property
    def date(self, /) -> date:
        """
        The day of use.
        """
    def to_dict(self, /) -> Any:
        """
        The request as plain data.
        """

@final
class SignerKey:
    """
    The secret key that signs checkpoints of an audit log.

    Whoever holds it can vouch for any log, so it belongs to someone who does not write the log. Its bytes never come
    back to Python: there is no way to print, copy or pickle them. They are wiped when the key is dropped. Make one with
    `generate` or `from_file`.

    Its file is one line, `PRIVATE+KEY+<name>+<id>+<base64>`, as other programs for signed notes read it.
    """
    def __copy__(self, /) -> Any: ...
    def __deepcopy__(self, /, _memo: Any) -> Any: ...
    def __reduce__(self, /) -> Any: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def from_file(path: str | PathLike[str]) -> SignerKey:
        """
        Reads a key file that its owner alone can read.

        Raises `KeyError` with code `key.missing`, `key.file_exposed`, `key.unreadable` or `key.signer_form`.
        """
    @staticmethod
    def generate(name: str) -> SignerKey:
        """
        Makes a new random key under a name: that of the log, such as `example.nhs.uk/audit`.

        Raises `KeyError` with code `key.signer_name` or `key.random`.
        """
    @property
    def name(self, /) -> str:
        """
        Its name, which is also that of the log unless another origin is given.
        """
    @property
    def verifier_key(self, /) -> str:
        """
        The public key as text, to hand to everyone who checks: by another way than the checkpoints.
        """
    def write_new_file(self, /, path: str | PathLike[str]) -> None:
        """
        Writes the key to a new file that its owner alone can read; an existing file is never overwritten.

        Raises `KeyError` with code `key.file_exists` or `key.unreadable`.
        """

@final
class SuggestedMerges:
    """
    Merges that were suggested for a table.
    """
    def apply(self, /, object: Any) -> Table:
        """
        The merged table.
        """
    def categories(self, /) -> list[tuple[str, list[tuple[str | None, str | None]]]]:
        """
        For each key column its old keys with the new ones.
        """
    def summary(self, /) -> Any:
        """
        How it was found, and the cells before and after.
        """

@final
class Suppressed:
    """
    A suppressed table.
    """
    def audit_summary(self, /) -> Any:
        """
        The auditor's word in sum.
        """
    def audited_cells(self, /) -> Table:
        """
        What the auditor says of each primary cell.
        """
    @property
    def counts(self, /) -> tuple[int, int]:
        """
        Cells shown and hidden.
        """
    def owner(self, /) -> Table:
        """
        For the data owner only.
        """
    def publish(self, /) -> Table:
        """
        What may leave.
        """
    def publish_wide(self, /) -> Table:
        """
        What may leave, with the categories of the last key column as columns.
        """

@final
class SuppressionPolicy:
    """
    A disclosure rule for tables of counts: which counts are hidden, and how the others are rounded.

    Take a preset by name, or make your own. Counts from 1 to `threshold - 1` are hidden; `zeros` is `"keep"` (unless
    set) or `"hide"`; `rounding` is `"nearest"` (unless set), `"midpoint"` or `"random"` (which needs a key in `suppress`) to the
    base `round_to`; `secondary` is the
    level that hides further cells, `"none"`, `"exact"` or `"interval"` (unless set); the marker of a hidden cell is `"*"`
    unless set. `max_share`, `nk` (a pair) and `p_percent` are limits for magnitudes, in per cent, as
    `suppress_magnitudes` applies them.

    A rule alone does not protect a table whose totals are published elsewhere.

    Raises `PolicyError` with code `policy.unknown_preset`, `MisuseError` with code `misuse.argument`.
    """
    def __new__(cls, /, name: "str", *, threshold: "int", zeros: "str | None" = None, round_to: "int | None" = None, rounding: "str | None" = None, secondary: "str | None" = None, marker: "str | None" = None, max_share: "int | None" = None, nk: "tuple[int, int] | None" = None, p_percent: "int | None" = None) -> "SuppressionPolicy": ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def preset(name: "str") -> "SuppressionPolicy":
        """
        A preset: `hes`, `opensafely`, `midpoint6`, `mhsds`, `uk_llc`, `under5`, `under10` or `acro`.
        """
    @staticmethod
    def presets() -> list[str]:
        """
        The names of the presets.
        """
    def to_dict(self, /) -> Any:
        """
        The rule as plain data, with its source and date.
        """

@final
class Table:
    """
    A table in memory, offered to any Arrow consumer through the PyCapsule interface.
    """
    def __arrow_c_stream__(self, /, requested_schema: Any | None = None) -> Any:
        """
        The table as a stream capsule; the requested schema is not used.
        """
    def __len__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def column_names(self, /) -> list[str]:
        """
        Names of the columns.
        """
    def to_lists(self, /) -> dict:
        """
        The columns as a dictionary of lists.
        """
    def with_act(self, /, column: str, act: str) -> tuple[Table, int]:
        """
        The table with one column replaced by what an act makes of it, and how many cells were not valid.
        """

def act_on_column(object: Any, act: str, name: str) -> Column:
    """
    Applies an act to any object that offers an Arrow column.
    """

def act_on_columns(objects: SupportsGetItem[int, Any], act: str, name: str) -> Column:
    """
    Applies an act to several columns of one length, each with Arrow data or a sequence as of `act_on_list`.
    """

def act_on_list(values: Any, act: str, name: str) -> Column:
    """
    Applies an act to a sequence of `str`, `int`, `float`, `date` and `None`.
    """

def audit_finished_table(object: Any, by: SupportsGetItem[int, str], count: str, wide: tuple[str, SupportsGetItem[int, str]] | None, markers: SupportsGetItem[int, str], options: str, earlier: tuple[SupportsGetItem[int, Any], str], progress: Any | None) -> Audited:
    """
    Audits a finished table that offers an Arrow stream, beside earlier releases, the oldest first. The options are
    plain data.
    """

def audit_finished_tables(tables: SupportsGetItem[int, tuple[str, Any, SupportsGetItem[int, str]]], count: str, markers: SupportsGetItem[int, str], options: str, earlier: tuple[SupportsGetItem[int, SupportsGetItem[int, tuple[str, Any, SupportsGetItem[int, str]]]], str], progress: Any | None) -> list[Audited]:
    """
    Audits several finished tables over the same people, beside earlier releases of them, the oldest first.
    """

def audit_log_coverage(path: str | PathLike[str], held: tuple[SupportsIndex, str] | None, checkpoint: CheckpointHandle | None) -> tuple[int, int, int, int, int, int, str]:
    """
    Verifies a log and tells runs, covered, unannounced, unfinished, write-only and read-only ones, and the words.
    """

def check_act(act: str) -> str:
    """
    Reads an act from its settings as JSON text, and returns it in full.

    Raises `MisuseError` with code `misuse.argument`.
    """

def check_specs_linkable(left: str, right: str) -> None:
    """
    Raises unless two pseudonym specifications, as JSON text, agree.
    """

def count_table(object: Any, by: SupportsGetItem[int, str], count: str | None, options: str) -> Table:
    """
    Counts or takes over the cells of a table and adds totals; nothing is hidden.
    """

def draft_agreement(row: dict[str, str] | None) -> str:
    """
    A commented draft; from a row of a Data Use Register if there is one.
    """

def exclude_opted_out(object: Any, lists: SupportsGetItem[int, Any], *, id: str, decision: Decision | None, on: date, unchecked: str, max_age_days: SupportsIndex) -> tuple[Table, Any]:
    """
    Leaves the rows of people who opted out away; gives the rows that stay and the counts.
    """

def findings_in_column(object: Any, settings: str) -> Table:
    """
    What is found in an Arrow column of free text.
    """

def findings_in_list(values: Any, settings: str) -> Table:
    """
    What is found in a sequence of texts.
    """

def forget_key(key_id: str) -> bool:
    """
    Takes a key out of this process's ring by its id, so that plans and pickles can no longer use it.

    Returns whether there was one. Its bytes are wiped when the last `Key` object is gone.

    Raises `KeyError` with code `key.id`.
    """

def forget_names(names_id: str) -> bool:
    """
    Takes a name list out of this process by its id, so that plans and pickles can no longer use it.

    Returns whether there was one.
    """

def hierarchy_of_columns(object: Any, dimension: str, levels: SupportsGetItem[int, str]) -> list[tuple[str, str]]:
    """
    Pairs of parent and child from columns of a table: the key column, then its levels from the lowest upwards.
    """

def microdata_at_risk(object: Any, *, by: SupportsGetItem[int, str], k: SupportsIndex) -> Column:
    """
    For each row of a table whether its class is smaller than `k`.
    """

def new_run_id() -> str:
    """
    A new run id.
    """

def open_consistency_proof(proof: str, older: CheckpointHandle, verifier_key: str) -> CheckpointHandle:
    """
    Opens a consistency proof; gives the newer checkpoint.
    """

def open_inclusion_proof(proof: str, verifier_key: str, origin: str | None, line: str | None) -> tuple[str, CheckpointHandle]:
    """
    Opens an inclusion proof; gives the line of the record and the checkpoint that vouches for it.
    """

def panic_inside(text: str) -> int:
    """
    Panics with a text, for the tests of what a panic shows.
    """

def perturb_people(object: Any, by: SupportsGetItem[int, str], person: str, options: str, noise: PerturbationTable, keys: tuple[Key, str, str]) -> Table:
    """
    Counts people, adds totals and gives each count the noise of its people. `keys` are a key, a context and a kind.
    """

def project_audit_records(path: str | PathLike[str], *, to: str, source: tuple[str, str, str | None, str | None, SupportsLenAndGetItem[tuple[str, str]] | None] | None, held: tuple[SupportsIndex, str] | None, checkpoint: CheckpointHandle | None, run: str | None, event: str | None, actor: str | None, dataset: str | None, since: SupportsIndex | None, before: SupportsIndex | None) -> list[str]:
    """
    Verifies a log and gives its wanted records as one JSON object each; times are microseconds since 1970.
    """

def read_audit_records(path: str | PathLike[str], *, held: tuple[SupportsIndex, str] | None, checkpoint: CheckpointHandle | None, run: str | None, event: str | None, actor: str | None, dataset: str | None, since: SupportsIndex | None, before: SupportsIndex | None) -> list[str]:
    """
    Verifies a log and gives the lines of the wanted records; times are microseconds since 1970.
    """

def read_table(path: str | PathLike[str]) -> Table:
    """
    Reads a CSV file (every column as text, empty fields as null) or a Parquet file.

    Raises `MisuseError` with code `misuse.file_kind`, `misuse.unreadable`, `misuse.not_csv` or `misuse.not_parquet`.
    """

def record_refused_reidentify(key_id: str, code: str, log: AuditLogHandle, request: dict) -> None:
    """
    Records that a request was refused before there was anything to open, with the code of the refusal.
    """

def register_agreements(folder: str | PathLike[str], on: Any | None) -> Any:
    """
    One row for every `.toml` file of a folder, read or not.
    """

def reidentify_column(object: Any, settings: str, name: str, log: AuditLogHandle, request: dict) -> Column:
    """
    Brings the identifiers of a column back: an object with Arrow data, or a list.
    """

def reidentify_table(table: Table, column: str, settings: str, log: AuditLogHandle, request: dict) -> Table:
    """
    Brings the identifiers of one column of a table back and leaves the other columns as they are.
    """

def round_table_additively(object: Any, by: SupportsGetItem[int, str], count: str | None, options: str, base: SupportsIndex, max_bases: SupportsIndex, chance: tuple[Key, str, str, str] | None) -> Table:
    """
    Counts or takes over the cells of a table, adds totals and rounds them so that all sums hold. `chance` is a key, a
    context, a kind and the name of the table.
    """

def round_table_randomly(object: Any, by: SupportsGetItem[int, str], count: str | None, options: str, base: SupportsIndex, key: Key, context: str, kind: str) -> Table:
    """
    Counts or takes over the cells of a table, adds totals and rounds each at random.
    """

def rows_that_stay(object: Any, lists: SupportsGetItem[int, Any], *, id: str, decision: Decision | None, on: date, unchecked: str, max_age_days: SupportsIndex) -> tuple[Table, Any]:
    """
    Says which rows may stay, as a table with the one column `stays`; and the counts.
    """

def run_crosswalk(ids: Any, *, old: Key, new: Key, context: str, kind: str, length: SupportsIndex, encoding: str, on_invalid: str, out: str | PathLike[str], audit: AuditLogHandle, run_id: str, actor: str, reason_ref: str, authoriser: str | None) -> tuple[int, int, int, int, str]:
    """
    Makes a crosswalk; gives cells, pairs, empty and invalid cells, and the file's SHA-256.
    """

def run_release(sources: dict, *, agreement: Agreement, request: Request, key: Key | None, lists: SupportsGetItem[int, Any], unchecked: str, max_age_days: SupportsIndex, as_of: dict[str, date], audit: AuditLogHandle, run_id: str, out: str | PathLike[str], earlier: SupportsGetItem[int, str | PathLike[str]], earlier_unavailable: str | None, today: date, rehearsal: bool, dry_run: bool, progress: Any | None) -> tuple[str, str, str]:
    """
    Makes a release and gives its manifest as JSON text, the manifest's SHA-256, and the report as HTML.
    """

def scan_microdata(object: Any, *, by: SupportsGetItem[int, str], sensitive: SupportsGetItem[int, str], k: SupportsIndex, distance: str) -> Any:
    """
    Measures a table that offers an Arrow stream, in one pass: the figures as a dictionary.
    """

def suggest_levels(object: Any, *, levels: SupportsGetItem[int, tuple[str, SupportsGetItem[int, str]]], k: SupportsIndex, max_suppressed_share: SupportsFloat | SupportsIndex, order_by: str, most: SupportsIndex) -> Any:
    """
    The combinations of levels that reach `k`, least loss first. A level is `keep`, `omit` or an act as JSON text.
    """

def suggest_table_merges(object: Any, by: SupportsGetItem[int, str], count: str | None, policy: SuppressionPolicy, plans: SupportsGetItem[int, tuple[str, str]], goal: str, total: str) -> SuggestedMerges:
    """
    Suggests merges for a table that offers an Arrow stream. Plans and goal are plain data.
    """

def suppress_contributions(object: Any, by: SupportsGetItem[int, str], value: str, contributor: str, holding: str | None, policy: SuppressionPolicy, options: str, progress: Any | None) -> Suppressed:
    """
    Adds contributions up and hides the totals that give a contributor's value away. The options are plain data.
    """

def suppress_rate_table(object: Any, by: SupportsGetItem[int, str], parts: tuple[str, str], rate: tuple[SupportsIndex, SupportsIndex], policy: SuppressionPolicy, options: str, progress: Any | None) -> RatesHandle:
    """
    Suppresses a table of numerators and denominators with their rates. The options are plain data.
    """

def suppress_table(object: Any, by: SupportsGetItem[int, str], count: str | None, wide: tuple[str, SupportsGetItem[int, str]] | None, policy: SuppressionPolicy, options: str, earlier: tuple[SupportsGetItem[int, Any], str], keyed: tuple[Key, str, str] | None, progress: Any | None) -> Suppressed:
    """
    Suppresses a table that offers an Arrow stream, beside earlier releases, the oldest first. The options are plain data;
    `keyed` is a key, a context and a kind for rules that round at random, which take no earlier releases.
    """

def suppress_tables(tables: SupportsGetItem[int, tuple[str, Any, SupportsGetItem[int, str]]], count: str | None, policy: SuppressionPolicy, options: str, progress: Any | None) -> list[Suppressed]:
    """
    Suppresses several tables over the same people.
    """

def table_from_lists(columns: dict) -> Table:
    """
    A table of named lists of equal length.

    Raises `MisuseError` with code `misuse.column_type` or `misuse.argument`.
    """

def tail_audit_log(path: str | PathLike[str], last: SupportsIndex) -> tuple[list[str], tuple[int, str, str, int | None, int, int, str] | None, Any | None]:
    """
    The last lines before the end of a log, or before its first fault; also what verification says, or that fault.
    """

def verify_audit_log(path: str | PathLike[str], held: tuple[SupportsIndex, str] | None, checkpoint: CheckpointHandle | None) -> tuple[int, str, str, int | None, int, int, str]:
    """
    Verifies a log.
    """

def write_table(table: Any, path: str | PathLike[str], *, overwrite: bool = False, formulas: str = "keep") -> int:
    """
    Writes a table to a new CSV or Parquet file in one step: beside it first, then renamed. `formulas` is `keep`, or
    `escape` for text in CSV that a spreadsheet would run.

    Raises `ExportError` with code `export.file_exists` or `export.write_failed`, `MisuseError` with code
    `misuse.file_kind`.
    """
