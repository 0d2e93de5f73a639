"""Signed checkpoints of audit logs, and proofs about a log that can be checked without it."""

from __future__ import annotations

import json
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from nhs_ig import _core
from nhs_ig._arguments import expect, with_settings
from nhs_ig.errors import AuditError

LONGEST_FILE = 1 << 21


def read_text(path: Any, name: str) -> str:
    """Return the text of a checkpoint, a proof or a verifier key, byte for byte."""
    expect(name, path, (str, PathLike), "a path")
    with Path(path).open("rb") as file:
        data = file.read(LONGEST_FILE)
    try:
        return data.decode()
    except UnicodeDecodeError:
        message = f"{name} is not text in UTF-8"
        raise AuditError(message, "audit.checkpoint_format", {"reason": message}) from None


def key_text(verifier_key: Any) -> str:
    """Return a verifier key: text as it is, or read from a path."""
    if isinstance(verifier_key, PathLike):
        return read_text(verifier_key, "verifier_key").strip()
    expect("verifier_key", verifier_key, str, "the text of a verifier key, or a Path to its file")
    text: str = verifier_key
    return text


class AuditCheckpoint:
    """The size and root of an audit log, signed by someone who does not write it.

    There is one only if its signature fits the verifier key it was opened with and it is of the log that was named.
    Against it, ``verify_audit`` finds every change to the records it was made of, however the file was computed anew.
    It does not protect records that came after it, nor anything if whoever writes the log also holds the signing key.

    Make one with ``of_log``, or open one that was kept with ``open`` or ``from_text``. The form is that of C2SP
    tlog-checkpoint with an Ed25519 signature.

    Examples
    --------
    >>> import nhs_ig as ig, tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> receipt = ig.AuditLog(folder / "audit.jsonl").audit("read", "dids", actor="a.analyst")
    >>> signer = ig.SignerKey.generate("example.nhs.uk/audit")
    >>> checkpoint = ig.AuditCheckpoint.of_log(folder / "audit.jsonl", signer)
    >>> checkpoint
    AuditCheckpoint(origin='example.nhs.uk/audit', size=1)
    >>> held = ig.AuditCheckpoint.from_text(checkpoint.text, signer.verifier_key)
    >>> ig.verify_audit(folder / "audit.jsonl", held).verdict
    '1 records, consistent; truncation excluded'

    """

    __slots__ = ("_handle",)

    def __init__(self, handle: _core.CheckpointHandle) -> None:
        """Take over a checked handle; use ``of_log``, ``open`` or ``from_text``."""
        expect("handle", handle, _core.CheckpointHandle, "what of_log, open or from_text made")
        self._handle = handle

    @classmethod
    def of_log(
        cls,
        log: str | PathLike[str],
        signer_key: _core.SignerKey,
        *,
        origin: str | None = None,
        previous: AuditCheckpoint | None = None,
    ) -> AuditCheckpoint:
        """Verify a log and sign what it holds now.

        Parameters
        ----------
        log
            The file of the log.
        signer_key
            The key of someone who does not write the log.
        origin
            The name of the log; that of the key if left out.
        previous
            The last checkpoint. The log must still hold it, or nothing is signed.

        Raises
        ------
        AuditError
            The code of what is wrong with the log; ``audit.checkpoint_differs`` or ``audit.checkpoint_missing`` if it
            is not consistent with the previous checkpoint; ``audit.checkpoint_origin``, ``audit.checkpoint_format``.

        """
        expect("log", log, (str, PathLike), "a path")
        expect("signer_key", signer_key, _core.SignerKey, "a SignerKey")
        held = None if previous is None else handle_of("previous", previous)
        made = with_settings(
            _core.CheckpointHandle.of_log, fspath(log), signer_key, origin=origin, previous=held
        )
        return cls(made)

    @classmethod
    def from_text(
        cls, text: str, verifier_key: str | PathLike[str], *, origin: str | None = None
    ) -> AuditCheckpoint:
        """Open a checkpoint that was kept, with the key got from whoever signs and not from where it was kept.

        Parameters
        ----------
        text
            The whole note, as it was kept.
        verifier_key
            Its text, or a ``Path`` to a file with it.
        origin
            The name of the log that it must be of; that of the key if left out.

        Raises
        ------
        AuditError
            ``audit.checkpoint_format``, ``audit.checkpoint_unknown_key``, ``audit.checkpoint_signature``,
            ``audit.checkpoint_origin``
        KeyError
            ``key.verifier_form``

        """
        key = key_text(verifier_key)
        return cls(with_settings(_core.CheckpointHandle.open, text=text, verifier_key=key, origin=origin))

    @classmethod
    def open(
        cls, path: str | PathLike[str], verifier_key: str | PathLike[str], *, origin: str | None = None
    ) -> AuditCheckpoint:
        """Open a checkpoint in a file; see ``from_text``."""
        return cls.from_text(read_text(path, "path"), verifier_key, origin=origin)

    def write_new_file(self, path: str | PathLike[str]) -> None:
        """Write the note to a new file; an existing one is never overwritten, and raises ``FileExistsError``."""
        with Path(path).open("xb") as file:
            file.write(self.text.encode())

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._handle.origin

    @property
    def size(self) -> int:
        """The records it was made of, from the first."""
        return self._handle.size

    @property
    def root(self) -> str:
        """The root of the Merkle tree over those records, in hex."""
        return self._handle.root

    @property
    def text(self) -> str:
        """The note to keep: origin, size, root and signatures."""
        return self._handle.text

    def prove_inclusion(self, log: str | PathLike[str], seq: int) -> str:
        """Return the proof, as text, that the log holds the record with this number, the first being 0.

        Whoever has the verifier key can check it without the log (``check_inclusion_proof``). The text shows that one
        record, and no other. Its form is C2SP tlog-proof.

        Raises
        ------
        AuditError
            ``audit.proof_range`` if this checkpoint is older than the record; the code of what is wrong with the log.

        """
        expect("log", log, (str, PathLike), "a path")
        proof: str = with_settings(self._handle.prove_inclusion, fspath(log), seq=seq)
        return proof

    def prove_consistency(self, log: str | PathLike[str], older: AuditCheckpoint) -> str:
        """Return the proof, as text, that this checkpoint's log begins with all that an older one was made of.

        Its form is the request of C2SP tlog-witness.

        Raises
        ------
        AuditError
            ``audit.checkpoint_order``, ``audit.checkpoint_origin``, ``audit.checkpoint_differs``; the code of what is
            wrong with the log.

        """
        expect("log", log, (str, PathLike), "a path")
        proof: str = self._handle.prove_consistency(fspath(log), handle_of("older", older))
        return proof

    def __eq__(self, other: object) -> bool:
        """Compare the whole note."""
        return isinstance(other, AuditCheckpoint) and self.text == other.text

    def __hash__(self) -> int:
        """Hash the whole note."""
        return hash(self.text)

    def __repr__(self) -> str:
        """Show of which log it is and how many records it was made of."""
        if not hasattr(self, "_handle"):
            return "AuditCheckpoint(not made)"
        return f"AuditCheckpoint(origin={self.origin!r}, size={self.size})"

    def __reduce__(self) -> Any:
        """Refuse: a copy that was not checked again would look like one that was."""
        message = "a checkpoint is not pickled; keep its text and open it again with the verifier key"
        raise AuditError(message, "audit.checkpoint_format", {"reason": message})


def handle_of(name: str, checkpoint: Any) -> _core.CheckpointHandle:
    """Return what the core checked."""
    expect(name, checkpoint, AuditCheckpoint, "an AuditCheckpoint")
    handle: _core.CheckpointHandle = checkpoint._handle  # noqa: SLF001 - of this module's own class
    return handle


class AuditProof(NamedTuple):
    """A record that is in a log, as an inclusion proof showed."""

    seq: int
    record: dict[str, Any]
    line: str
    checkpoint: AuditCheckpoint


def check_inclusion_proof(
    proof: str, verifier_key: str | PathLike[str], *, origin: str | None = None, line: str | None = None
) -> AuditProof:
    """Check that a record is in a log, without the log.

    It does not say that the record is true, nor what else the log holds.

    Parameters
    ----------
    proof
        The text that ``AuditCheckpoint.prove_inclusion`` gave.
    verifier_key
        The text of the key of whoever signed the checkpoint, or a ``Path`` to a file with it; got from them.
    origin
        The name of the log; that of the key if left out.
    line
        The line of the record, if the proof does not hold it.

    Raises
    ------
    AuditError
        ``audit.proof_differs``, ``audit.proof_format``, ``audit.proof_range``, and the codes of
        ``AuditCheckpoint.from_text``

    """
    found, checkpoint = with_settings(
        _core.open_inclusion_proof,
        proof=proof,
        verifier_key=key_text(verifier_key),
        origin=origin,
        line=line,
    )
    record = json.loads(found)
    return AuditProof(record["seq"], record, found, AuditCheckpoint(checkpoint))


def check_consistency_proof(
    proof: str, older: AuditCheckpoint, verifier_key: str | PathLike[str]
) -> AuditCheckpoint:
    """Check that a log only grew since an older checkpoint, without the log; return the newer checkpoint.

    Parameters
    ----------
    proof
        The text that ``AuditCheckpoint.prove_consistency`` gave.
    older
        The checkpoint that you hold.
    verifier_key
        The text of the key of whoever signed the newer checkpoint, or a ``Path`` to a file with it; got from them.

    Raises
    ------
    AuditError
        ``audit.proof_differs``, ``audit.proof_format``, ``audit.checkpoint_order``, and the codes of
        ``AuditCheckpoint.from_text``

    """
    held, key = handle_of("older", older), key_text(verifier_key)
    return AuditCheckpoint(
        with_settings(_core.open_consistency_proof, proof=proof, older=held, verifier_key=key)
    )
