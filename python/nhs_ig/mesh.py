"""The check with the national opt-out service over MESH, the NHS's message exchange.

Needs the extra ``mesh`` (``pip install nhs_ig[mesh]``), which brings the client of NHS England. Which mailbox
receives for the service, and at which address, is for your configuration: both have changed over the years.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nhs_ig._arguments import expect
from nhs_ig.errors import AccessError, MisuseError
from nhs_ig.opt_out_checks import OptOutCheck, recording

if TYPE_CHECKING:
    import datetime as dt
    from os import PathLike

    from nhs_ig import _core
    from nhs_ig.audit import AuditLog

_FORBIDDEN = {401, 403}
_HANDSHAKE_SECONDS = 12 * 3600


def connect(
    url: str,
    mailbox: str,
    *,
    password: str,
    shared_key: str,
    cert: tuple[str, str] | None = None,
    verify: str | None = None,
    **settings: Any,
) -> Any:
    """Return a client for a mailbox; use it in a ``with`` block.

    Parameters
    ----------
    url
        The address of MESH, beginning with ``https://``.
    mailbox
        Your own mailbox.
    password, shared_key
        The mailbox's password and the environment's shared key; take them from a secret store, not from a script.
    cert
        The files of your certificate and its private key, for mutual TLS.
    verify
        The file of the authorities that may sign the server's certificate; the client knows those of NHS England.
    **settings
        Further settings of ``mesh_client.MeshClient``, such as ``timeout``.

    Raises
    ------
    MisuseError
        ``misuse.argument``, ``misuse.extra_missing``

    """
    mesh_client = _client_library()
    expect("url", url, str, "an address")
    if not url.startswith("https://"):
        message = "url is not usable: expected https://, since messages hold NHS numbers"
        raise MisuseError(message, "misuse.argument", {"name": "url", "expected": "https://"})
    expect(
        "verify", verify, (str, Path, type(None)), "a file; a server that is not verified gets no NHS numbers"
    )
    for name, value in {"mailbox": mailbox, "password": password, "shared_key": shared_key}.items():
        if not isinstance(value, str) or not value:
            message = f"{name} is not usable: expected text that is not empty"
            raise MisuseError(message, "misuse.argument", {"name": name, "expected": "text"})
    given = {"password": password, "shared_key": shared_key.encode(), "cert": cert, **settings}
    return mesh_client.MeshClient(url, mailbox, verify=verify and str(verify), **given)


def exchange(
    check: OptOutCheck,
    client: Any,
    *,
    recipient: str,
    requests: Mapping[str, bytes] | str | PathLike[str] | None = None,
    timeout_seconds: float = 24 * 3600,
    poll_seconds: float = 60,
    checked_at: dt.date | None = None,
    expected_share: float | None = None,
    nobody_opted_out: Literal["refuse", "allow"] = "allow",
    audit: AuditLog | None = None,
    actor: str | None = None,
    **fields: str | None,
) -> _core.NotOptedOut:
    """Send the request files that are not sent yet, wait for the answers, and return the dated list.

    May be called again after any end: a file whose sending was begun is never sent a second time, and an answer is
    acknowledged, and so deleted from MESH, only when its pseudonyms are safely on disk. Messages that are not from
    ``recipient`` and for this check stay in the mailbox untouched.

    It does not protect against the service or against whoever holds its mailbox.

    Parameters
    ----------
    check
        From ``OptOutCheck.prepare`` or ``OptOutCheck.open``.
    client
        From ``connect``, or a ``mesh_client.MeshClient``, for the mailbox of the check.
    recipient
        The mailbox of the service.
    requests
        The request files by name or their folder; not needed if ``check`` prepared them or all are sent.
    timeout_seconds
        How long to wait for answers; the service takes from 40 minutes to a day.
    poll_seconds
        How often to look.
    checked_at, expected_share
        As in ``OptOutCheck.receive``.
    nobody_opted_out
        ``"refuse"`` does not take an answer that holds every number of its request.
    audit, actor, **fields
        As in ``OptOutCheck.prepare``.

    Raises
    ------
    AccessError
        ``mesh.refused``, ``mesh.unavailable``, ``mesh.send_refused``, ``mesh.send_unknown``,
        ``mesh.request_missing``, ``mesh.timeout``, ``opt_out.undelivered``, and as ``OptOutCheck.receive``
    MisuseError
        ``misuse.argument``, ``misuse.extra_missing``

    """
    _client_library()
    expect("check", check, OptOutCheck, "an OptOutCheck")
    expect("recipient", recipient, str, "the mailbox of the service")
    for name, value in {"timeout_seconds": timeout_seconds, "poll_seconds": poll_seconds}.items():
        expect(name, value, (int, float), "a number of seconds")
    if recipient.upper() == check.mailbox.upper():
        message = "recipient is not usable: expected the service's mailbox, not your own"
        raise MisuseError(message, "misuse.argument", {"name": "recipient", "expected": "another mailbox"})
    with recording(audit, actor, fields, check._key_id, check) as record:  # noqa: SLF001
        run = _Exchange(check, client, recipient, nobody_opted_out)
        if run.is_over():
            run.tidy()
        else:
            run.handshake()
            run.send(requests)
            run.wait(timeout_seconds, poll_seconds)
        made = check.finish(checked_at=checked_at, expected_share=expected_share)
        record.count = made.submitted_count - made.opted_out_count
    return made


class _Exchange:
    """One run over the wire."""

    def __init__(self, check: OptOutCheck, client: Any, recipient: str, nobody_opted_out: str) -> None:
        self._check, self._client, self._recipient = check, client, recipient
        self._nobody = nobody_opted_out
        # Messages of others: looked at once.
        self._others: set[str] = set()
        self._shaken = time.monotonic()

    def is_over(self) -> bool:
        return all(file.progress in {"answered", "refused"} for file in self._check.files)

    def tidy(self) -> None:
        """Acknowledge answers that an earlier run stored and did not come to acknowledge; if MESH is there."""
        from requests import RequestException

        with suppress(RequestException):
            self._look()

    def handshake(self) -> None:
        """Show that mailbox, password and shared key are right, before any number leaves."""
        from requests import RequestException

        try:
            self._client.handshake()
        except RequestException as error:
            raise _failed(error) from None
        self._shaken = time.monotonic()

    def send(self, requests: Any) -> None:
        """Send what was not sent; the state on disk knows of each sending before it begins."""
        for file in self._check.files:
            if file.progress == "prepared":
                self._send(file.name, _request(self._check, requests, file.name))

    def _send(self, name: str, content: bytes) -> None:
        from mesh_client import MeshError
        from requests import RequestException

        handle = self._check._handle  # noqa: SLF001
        local_id = handle.begin_sending(content)
        try:
            message_id = self._client.send_message(
                self._recipient,
                content,
                workflow_id=self._check.workflow_id,
                subject=self._check.subject,
                local_id=local_id,
                filename=name,
            )
        except MeshError:
            # It answered, and did not take the message.
            handle.not_sent(local_id)
            message = (
                "MESH did not take the request file; check the recipient and the workflow with the service"
            )
            raise AccessError(message, "mesh.send_refused", {"file": name}) from None
        except (RequestException, OSError):
            message = (
                "nothing is known of the end of the sending, so the file is not sent again; exchange again to wait "
                "for the answer, or look in MESH, and if it was not taken say mark_not_sent"
            )
            raise AccessError(message, "mesh.send_unknown", {"file": name}) from None
        handle.sent(local_id, message_id)

    def wait(self, timeout_seconds: float, poll_seconds: float) -> None:
        """Look into the mailbox until every file has its answer."""
        from requests import RequestException

        until = time.monotonic() + timeout_seconds
        while True:
            if time.monotonic() - self._shaken > _HANDSHAKE_SECONDS:
                self.handshake()
            try:
                self._look()
            except RequestException as error:
                if _status(error) in _FORBIDDEN or time.monotonic() >= until:
                    raise _failed(error) from None
            if self.is_over():
                return
            if time.monotonic() >= until:
                files = self._check.files
                answered = sum(file.progress == "answered" for file in files)
                message = (
                    f"{answered} of {len(files)} files are answered so far; exchange again to go on waiting"
                )
                raise AccessError(
                    message, "mesh.timeout", {"answered": str(answered), "files": str(len(files))}
                )
            time.sleep(min(poll_seconds, max(0.0, until - time.monotonic())))

    def _look(self) -> None:
        for message_id in list(self._client.iterate_message_ids()):
            if message_id in self._others:
                continue
            message = self._client.retrieve_message(message_id)
            try:
                ours = self._take(message)
            finally:
                message.close()
            if not ours:
                self._others.add(message_id)

    def _take(self, message: Any) -> bool:
        """Read one message; say whether it was for this check."""
        handle = self._check._handle  # noqa: SLF001
        if (message.message_type or "").upper() == "REPORT":
            return self._report(message)
        ours = {file.local_id for file in self._check.files if file.progress != "prepared"}
        sender = (message.sender or "").upper()
        if message.local_id not in ours or sender != self._recipient.upper():
            return False
        try:
            handle.store_answer(message.read(), message.local_id, self._nobody)
        except AccessError as error:
            # The receipt is not the answer, and the service's refusal is in the state: both have done their work.
            if error.code in {"opt_out.pending_receipt", "opt_out.service_rejected_file"}:
                self._client.acknowledge_message(message.id())
                return True
            raise
        self._client.acknowledge_message(message.id())
        return True

    def _report(self, message: Any) -> bool:
        """Record that a request was not delivered."""
        linked = message.mex_header("linkedmsgid")
        for file in self._check.files:
            if file.message_id is not None and file.message_id == linked:
                self._check._handle.undelivered(file.local_id)  # noqa: SLF001
                self._client.acknowledge_message(message.id())
                return True
        return False


def _request(check: OptOutCheck, requests: Any, name: str) -> bytes:
    content = check.requests.get(name)
    if content is None and isinstance(requests, Mapping):
        content = requests.get(name)
    elif content is None and requests is not None:
        expect("requests", requests, (str, Path), "request files by name, or their folder")
        path = Path(requests) / name
        content = path.read_bytes() if path.is_file() else None
    if content is None:
        message = (
            f"the request file {name} is not at hand, and the state holds no numbers; give it with requests="
        )
        raise AccessError(message, "mesh.request_missing", {"file": name})
    expect("requests", content, bytes, "request files as bytes")
    return content


def _status(error: Any) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _failed(error: Any) -> AccessError:
    """Return the error for the caller; the client's own may show addresses and headers."""
    status = _status(error)
    if status in _FORBIDDEN:
        message = "MESH refused mailbox, password, shared key or certificate; check all four"
        return AccessError(message, "mesh.refused", {"status": str(status)})
    what = f"status {status}" if status else type(error).__name__
    message = f"MESH cannot be reached as it should ({what}); check address, certificates and network"
    return AccessError(message, "mesh.unavailable", {"reason": what})


def _client_library() -> Any:
    try:
        import mesh_client
    except ImportError:
        message = "the MESH client is not installed; install nhs_ig[mesh]"
        raise MisuseError(message, "misuse.extra_missing", {"extra": "mesh"}) from None
    return mesh_client
