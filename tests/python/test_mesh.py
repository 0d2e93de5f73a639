"""The exchange over MESH, end to end: mutual TLS on loopback, the sandbox of NHS England, and a stand-in service."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec

import nhs_ig as ig
import pytest
from mesh_support import ELSEWHERE, OURS, PASSWORD, SERVICE, SHARED_KEY, Responder, start_server
from nhs_ig import mesh
from support import nhs_ig

NEEDED = ("mesh_client", "mesh_sandbox", "uvicorn", "cryptography")
MISSING = [name for name in NEEDED if find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("NHS_IG_REQUIRE") != "all", reason=f"not installed: {', '.join(MISSING)}"
)

RECEIPT = json.dumps({"status": "pending", "stages": ["validate_is_unique_upload"]}).encode()


def _people(count):
    from itertools import count as counting

    numbers = (n for n in counting(9_990_000_000) if ig.is_nhs_number([str(n)])[0])
    return [str(next(numbers)) for _ in range(count)]


PEOPLE = _people(90)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    assert not MISSING, f"not installed: {MISSING}"
    folder = tmp_path_factory.mktemp("mesh")
    process, url = start_server(folder)
    yield folder, url
    process.kill()
    process.wait(20)
    log = (folder / "server.log").read_bytes()
    assert not any(number.encode() in log for number in PEOPLE)


@pytest.fixture
def connect(server):
    folder, url = server

    def make(mailbox=OURS, **changes):
        given = {
            "password": PASSWORD,
            "shared_key": SHARED_KEY,
            "cert": (str(folder / "client.pem"), str(folder / "client.key")),
            "verify": str(folder / "ca.pem"),
            "max_retries": 0,
            "timeout": 60,
            **changes,
        }
        return mesh.connect(url, mailbox, **given)

    # Each test begins with empty mailboxes.
    for mailbox in (OURS, SERVICE, ELSEWHERE):
        with make(mailbox) as client:
            for message_id in client.list_messages():
                client.acknowledge_message(message_id)
    return make


@pytest.fixture
def check(tmp_path, key):
    return ig.OptOutCheck.prepare(
        PEOPLE[:50], state=tmp_path / "check.json", key=key, mailbox=OURS, local_id="cohort-a", sequence=1,
        max_file_bytes=12 * 30,
    )  # fmt: skip


def run(check, client, **changes):
    return mesh.exchange(
        check, client, recipient=SERVICE, **{"poll_seconds": 0.05, "timeout_seconds": 120, **changes}
    )


def upheld(body):
    """Answer as the service does, receipt first: everyone but the tenth, twentieth and so on."""
    lines = body.decode().splitlines()
    kept = "".join(f"{line}\n" for line in lines if PEOPLE.index(line.rstrip(",")) % 10 != 9)
    return [(RECEIPT, {}), (kept.encode(), {})]


def waiting(connect, mailbox=OURS):
    with connect(mailbox) as client:
        return len(client.list_messages())


def code_of(function, *given, **settings):
    with pytest.raises(ig.IgError) as caught:
        function(*given, **settings)
    shown = f"{caught.value!r} {caught.value} {caught.value.context}"
    assert not any(number in shown for number in PEOPLE)
    assert SHARED_KEY not in shown
    return caught.value.code


def test_a_cohort_goes_out_and_its_list_comes_back(connect, check, log, tmp_path):
    with Responder(connect, upheld) as service, connect() as client:
        made = run(check, client, audit=log, actor="a.analyst", reason_ref="IG/2026/17")
    assert (made.submitted_count, made.opted_out_count) == (50, 5)
    assert [file.progress for file in check.files] == ["answered", "answered"]
    assert [taken[:4] for taken in service.taken] == [
        (file.name, file.local_id, "SPINE_NTT_UPHOLDING", "cohort-a") for file in check.files
    ]
    assert b"".join(taken[4] for taken in service.taken).decode() == "".join(f"{n},\n" for n in PEOPLE[:50])
    assert waiting(connect) == 0
    counts = ig.count_opt_outs({"nhs": PEOPLE[:60]}, made, id="nhs")
    assert (counts.kept, counts.opted_out, counts.not_checked) == (45, 5, 10)
    records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [(record["outcome"], record.get("count")) for record in records] == [
        ("attempt", 50),
        ("success", 45),
    ]
    assert {record["event"] for record in records} == {"opt_out_check"}
    # A second run sends nothing.
    with connect() as client:
        assert run(check, client).opted_out_count == 5


class Interrupted(BaseException):
    """The process ends here."""


class Ending:
    """A client that ends the process at a call of this name, before it or after."""

    def __init__(self, client, name, *, after, error=Interrupted):
        self._client, self._name, self._after, self._error = client, name, after, error

    def __getattr__(self, name):
        found = getattr(self._client, name)

        def end(*given, **settings):
            if self._after:
                found(*given, **settings)
            raise self._error

        return end if name == self._name else found


def test_a_crash_after_sending_does_not_send_again(connect, tmp_path, key):
    check = ig.OptOutCheck.prepare(
        PEOPLE[:50], state=tmp_path / "c.json", key=key, mailbox=OURS, local_id="once", sequence=1
    )
    requests = check.requests
    with Responder(connect, upheld) as service, connect() as client:
        with pytest.raises(Interrupted):
            run(check, Ending(client, "send_message", after=True))
        again = ig.OptOutCheck.open(tmp_path / "c.json", key)
        assert [file.progress for file in again.files] == ["sending"]
        assert run(again, client, requests=requests).opted_out_count == 5
    assert len(service.taken) == 1


def test_an_answer_is_acknowledged_only_when_it_is_stored(connect, tmp_path, key, monkeypatch):
    state = tmp_path / "check.json"
    check = ig.OptOutCheck.prepare(
        PEOPLE[:50], state=state, key=key, mailbox=OURS, local_id="stored", sequence=1
    )
    with Responder(connect, lambda body: upheld(body)[1:]) as service, connect() as client:
        # The disk fails while the answer is taken: it stays in the mailbox.
        (tmp_path / "elsewhere").mkdir()
        assert code_of(run, check, client, timeout_seconds=0) == "mesh.timeout"
        while not (service.taken and waiting(connect)):
            pass
        moved = tmp_path / "elsewhere" / "check.json"
        state.rename(moved)
        assert code_of(run, check, client) == "opt_out.state_unreadable"
        assert waiting(connect) == 1
        moved.rename(state)
        # The process ends between storing and acknowledging; the next run acknowledges.
        with pytest.raises(Interrupted):
            run(check, Ending(client, "acknowledge_message", after=False))
        again = ig.OptOutCheck.open(state, key)
        assert (again.files[0].progress, waiting(connect)) == ("answered", 1)
        assert run(again, client).opted_out_count == 5
        assert waiting(connect) == 0
    assert len(service.taken) == 1


def test_messages_of_others_are_left_alone(connect, check):
    forged = "".join(f"{number},\n" for number in PEOPLE[:30]).encode()
    with connect(ELSEWHERE) as other, connect(SERVICE) as service:
        # The right local id from another mailbox, and the service's answer to another request.
        other.send_message(OURS, forged, workflow_id="ANSWER", local_id="cohort-a-1")
        service.send_message(OURS, forged, workflow_id="ANSWER", local_id="cohort-b")
    with Responder(connect, upheld), connect() as client:
        assert run(check, client).opted_out_count == 5
    assert waiting(connect) == 2


def test_the_service_refuses_a_file(connect, check):
    def refuse(body):
        return [(b"The file contains one or more invalid NHS Numbers.\r\n", {})]

    with Responder(connect, refuse), connect() as client:
        assert code_of(run, check, client) == "opt_out.service_rejected_file"
    assert {file.refused for file in check.files} == {"opt_out.service_rejected_file"}
    assert waiting(connect) == 0


def test_a_wrong_answer_stays_in_the_mailbox(connect, check):
    with Responder(connect, lambda body: [(f"{PEOPLE[60]},\n".encode(), {})]), connect() as client:
        assert code_of(run, check, client) == "opt_out.returned_not_submitted"
    assert waiting(connect) >= 1


def test_a_wrong_key_certificate_or_mailbox_lets_no_number_out(connect, check):
    with connect(shared_key="Wrong") as client:
        assert code_of(run, check, client) == "mesh.refused"
    with connect(password="wrong") as client:
        assert code_of(run, check, client) == "mesh.refused"
    with connect(cert=None) as client:
        assert code_of(run, check, client) == "mesh.unavailable"
    with connect(verify=None) as client:
        assert code_of(run, check, client) == "mesh.unavailable"
    with connect() as client:
        assert code_of(mesh.exchange, check, client, recipient="X99NONE") == "mesh.send_refused"
        assert code_of(mesh.exchange, check, client, recipient=OURS.lower()) == "misuse.argument"
    assert {file.progress for file in check.files} == {"prepared"}
    with Responder(connect, upheld) as service, connect() as client:
        assert run(check, client).opted_out_count == 5
    assert len(service.taken) == 2


def test_an_undelivered_request_ends_the_wait(connect, check, server):
    with connect() as client:
        assert code_of(run, check, client, timeout_seconds=0) == "mesh.timeout"
        for file in check.files:
            report = {
                "mailbox_id": OURS, "code": "14", "description": "not collected by the recipient after 5 days",
                "workflow_id": "SPINE_NTT_UPHOLDING", "linked_message_id": file.message_id,
            }  # fmt: skip
            sent = client._session.post(f"{server[1]}/messageexchange/admin/report", json=report)
            assert sent.status_code == 200, sent.text
        assert code_of(run, check, client) == "opt_out.undelivered"
    assert waiting(connect) == 0
    assert {file.progress for file in check.files} == {"refused"}


def test_a_sending_without_an_end_is_told_and_can_be_taken_back(connect, check, key, tmp_path):
    from requests import ConnectionError as Broken

    with connect() as client:
        broken = Ending(client, "send_message", after=False, error=Broken)
        assert code_of(run, check, broken) == "mesh.send_unknown"
        assert check.files[0].progress == "sending"
        again = ig.OptOutCheck.open(tmp_path / "check.json", key)
        assert code_of(run, again, client) == "mesh.request_missing"
        again.mark_not_sent(again.files[0].local_id)
        with Responder(connect, upheld):
            assert run(again, client, requests=check.requests).opted_out_count == 5


def test_the_command_line_does_the_same(connect, server, tmp_path, key_file, monkeypatch):
    folder, url = server
    source = tmp_path / "cohort.csv"
    source.write_text("nhs_number\n" + "\n".join(PEOPLE[:50]) + "\n")
    requests = tmp_path / "requests"
    requests.mkdir()
    state, made = tmp_path / "check.json", tmp_path / "list.json"
    who = ["--key-file", key_file, "--audit", tmp_path / "audit.jsonl", "--actor", "a.analyst"]
    done = nhs_ig(
        "opt-out", "prepare", source, "--state", state, "--out", requests, "--mailbox", OURS,
        "--local-id", "cohort-c", "--sequence", "7", *who,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("NHS_IG_MESH_PASSWORD", PASSWORD)
    monkeypatch.setenv("NHS_IG_MESH_SHARED_KEY", SHARED_KEY)
    with Responder(connect, upheld):
        done = nhs_ig(
            "opt-out", "exchange", state, "--requests", requests, "--url", url, "--recipient", SERVICE,
            "--cert", folder / "client.pem", "--cert-key", folder / "client.key", "--ca", folder / "ca.pem",
            "--list", made, "--poll-seconds", "0.1", "--timeout-minutes", "2", *who,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "45 of 50 people had not opted out" in done.stdout
    loaded = ig.NotOptedOut.load(made, ig.Key.from_file(key_file))
    assert loaded.opted_out_count == 5
    for path in (state, made, tmp_path / "audit.jsonl"):
        assert not any(number in path.read_text() for number in PEOPLE), path.name


class TestWithoutAServer:
    def test_connections_are_never_open(self):
        if find_spec("mesh_client") is None:
            pytest.skip("not installed: mesh_client")
        good = {"password": PASSWORD, "shared_key": SHARED_KEY}
        assert code_of(mesh.connect, "http://localhost", OURS, **good) == "misuse.argument"
        assert code_of(mesh.connect, "https://localhost", OURS, verify=False, **good) == "misuse.argument"
        assert (
            code_of(mesh.connect, "https://localhost", OURS, password="", shared_key="x") == "misuse.argument"
        )
