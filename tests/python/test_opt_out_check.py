"""The check with the national service: request files, answers, the state on disk and the records."""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import pickle
import re
import stat
import sys

import nhs_ig as ig
import pytest
from support import KEY_BYTES, NUMBER, NUMBERS, ROOT, find_secrets, make_key, nhs_ig, vectors

sys.path.insert(0, str(ROOT / "tests" / "independent"))
from opt_out_check_v1 import members, request_hash, verified

DAY = dt.date(2026, 11, 22)
ANSWER = "".join(f"{number},\n" for number in sorted(NUMBERS)[1:]).encode()


def prepare(folder, cohort=NUMBERS, **changes):
    settings = {"mailbox": "X26ABC1", "local_id": "cohort-a", "sequence": 1, "on": DAY, **changes}
    return ig.OptOutCheck.prepare(
        cohort, **{"state": folder / "check.json", "key": make_key("checking"), **settings}
    )


def refused(function, *given, **settings):
    with pytest.raises(ig.IgError) as caught:
        function(*given, **settings)
    error = caught.value
    assert not find_secrets(f"{error!r}{error}{error.context}{pickle.dumps(error)}")
    return error.code


def test_request_and_state_are_as_specified(tmp_path):
    check = prepare(tmp_path, max_file_bytes=12 * 3)
    assert list(check.requests) == ["X26ABC1-221126-0001.dat", "X26ABC1-221126-0002.dat"]
    whole = sorted(NUMBERS)
    assert [content.decode() for content in check.requests.values()] == [
        "".join(f"{number},\n" for number in part) for part in (whole[:3], whole[3:])
    ]
    text = (tmp_path / "check.json").read_text()
    state = verified(KEY_BYTES, text)
    assert (state["check_id"], state["key_id"], state["prepared_on"]) == (
        "X26ABC1-221126-0001",
        "checking",
        "2026-11-22",
    )
    for file, part, content in zip(
        state["files"], (whole[:3], whole[3:]), check.requests.values(), strict=True
    ):
        assert file["submitted"] == members(KEY_BYTES, state["check_id"], part)
        assert file["hash"] == request_hash(KEY_BYTES, state["check_id"], content)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "check.json").stat().st_mode) == 0o600


def test_the_saved_list_is_as_specified(tmp_path):
    made = prepare(tmp_path).receive(ANSWER)
    made.save(tmp_path / "list.json", make_key("checking"))
    saved = verified(KEY_BYTES, (tmp_path / "list.json").read_text())
    whole = sorted(NUMBERS)
    assert saved["not_opted_out"] == members(KEY_BYTES, saved["check_id"], whole[1:])
    assert saved["opted_out"] == members(KEY_BYTES, saved["check_id"], whole[:1])
    loaded = ig.NotOptedOut.load(tmp_path / "list.json", make_key("checking"))
    assert (loaded.checked_at, loaded.submitted_count, loaded.opted_out_count) == (DAY, 5, 1)
    assert ig.count_opt_outs({"nhs": NUMBERS}, loaded, id="nhs", on=DAY).opted_out == 1
    assert (
        refused(ig.count_opt_outs, {"nhs": NUMBERS}, loaded, id="nhs", on=dt.date(2026, 12, 14))
        == "opt_out.stale"
    )
    assert refused(ig.NotOptedOut.load, tmp_path / "list.json", ig.Key.generate()) == "key.mismatch"
    page = (ROOT / "crates/ig-core/docs/opt_out_check_v1.md").read_text()
    case = vectors("opt_out_check_v1")["cases"][0]
    for value in (case["derived"], case["pseudonyms"][0], case["members"], case["hash"], case["seal"]):
        assert f"`{value}`" in page


def test_every_kind_of_cohort_gives_the_same_request(tmp_path):
    import pandas as pd
    import polars as pl

    table = {"nhs_number": [*NUMBERS, None, NUMBER], "n": range(7)}
    csv = tmp_path / "c.csv"
    csv.write_text("nhs_number,n\n" + "".join(f"{number or ''},1\n" for number in table["nhs_number"]))
    frame = pl.DataFrame({"nhs_number": table["nhs_number"]})
    cohorts = [
        table["nhs_number"], table, frame, frame.lazy(), frame["nhs_number"], pd.DataFrame(table),
        pd.Series(table["nhs_number"]), ig.read_table(csv),
    ]  # fmt: skip
    made = []
    for place, cohort in enumerate(cohorts):
        check = prepare(tmp_path, cohort, state=tmp_path / f"{place}.json")
        made.append(check.requests)
        assert check.left_out == 1
    assert all(requests == made[0] for requests in made)


def test_invalid_numbers_are_refused_left_out_or_asked_about(tmp_path):
    cohort = [*NUMBERS, "9990000019"]
    assert refused(prepare, tmp_path, cohort) == "identifier.invalid_cells"
    assert prepare(tmp_path, cohort, on_invalid="leave_out").left_out == 1
    check = prepare(tmp_path, [*cohort, 1, None], numbers="format_only", state=tmp_path / "f.json")
    assert b"9990000019,\n" in check.requests["X26ABC1-221126-0001.dat"]
    assert check.requests["X26ABC1-221126-0001.dat"].startswith(b"0000000001,\n")
    wrong = [*cohort, "12"]
    assert (
        refused(prepare, tmp_path, wrong, numbers="format_only", state=tmp_path / "g.json")
        == "identifier.length"
    )
    left = prepare(tmp_path, wrong, numbers="format_only", on_invalid="leave_out", state=tmp_path / "g.json")
    assert left.left_out == 1


@pytest.mark.parametrize(
    ("answer", "settings", "code"),
    [
        (b"The file contains one or more invalid NHS Numbers.", {}, "opt_out.service_rejected_file"),
        (b'{"status": "pending"}', {}, "opt_out.pending_receipt"),
        (b"9990000042,\n", {}, "opt_out.returned_not_submitted"),
        (b"", {}, "opt_out.empty_answer"),
        ({"cohort-b": ANSWER}, {}, "opt_out.wrong_local_id"),
        ("".join(f"{number},\n" for number in sorted(NUMBERS)).encode(), {}, "opt_out.request_sent_back"),
        (ANSWER[:12], {}, "opt_out.looks_like_deny_list"),
        (ANSWER, {"checked_at": dt.date(2026, 11, 21)}, "opt_out.answered_too_early"),
        (b"999 000 0018,\n", {}, "opt_out.file_line"),
        (b"\xff", {}, "opt_out.file_text"),
        ([ANSWER, ANSWER[12:]], {}, "opt_out.answer_twice"),
        (ANSWER, {"nobody_opted_out": "perhaps"}, "misuse.argument"),
        (ANSWER, {"expected_share": 2.0}, "misuse.argument"),
        (ANSWER, {"checked_at": "today"}, "misuse.argument"),
        (7, {}, "misuse.argument"),
        ([7], {}, "misuse.argument"),
        (ANSWER, {"note": "x"}, "misuse.argument"),
    ],
)
def test_every_mistake_has_its_code(tmp_path, answer, settings, code):
    assert refused(prepare(tmp_path).receive, answer, **settings) == code


def test_several_files_need_their_local_ids(tmp_path):
    check = prepare(tmp_path, max_file_bytes=12 * 3)
    first, second = check.requests.values()
    assert refused(check.receive, first) == "opt_out.local_id_missing"
    assert refused(check.receive, {"cohort-a-1": first[12:]}) == "opt_out.answer_missing"
    answer = tmp_path / "cohort-a-2.dat"
    answer.write_bytes(second)
    assert refused(check.receive, [answer]) == "opt_out.request_sent_back"
    made = check.receive([answer], nobody_opted_out="allow")
    assert (made.submitted_count, made.opted_out_count) == (5, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mailbox": f"x{NUMBER}"}, "opt_out.check_setting"),
        ({"local_id": "a:b"}, "opt_out.check_setting"),
        ({"subject": ""}, "opt_out.check_setting"),
        ({"workflow_id": "a b"}, "opt_out.check_setting"),
        ({"sequence": 0}, "opt_out.check_setting"),
        ({"max_file_bytes": 11}, "opt_out.check_setting"),
        ({"cohort": []}, "opt_out.nothing_submitted"),
        ({"sequence": "1"}, "misuse.argument"),
        ({"sequence": -1}, "misuse.argument"),
        ({"mailbox": 7}, "misuse.argument"),
        ({"numbers": "all"}, "misuse.argument"),
        ({"on_invalid": "null"}, "misuse.argument"),
        ({"on": "today"}, "misuse.argument"),
        ({"key": "key"}, "misuse.argument"),
        ({"state": 7}, "misuse.argument"),
        ({"cohort": {"other": NUMBERS}}, "misuse.column_missing"),
    ],
)
def test_every_setting_is_checked(tmp_path, changes, code):
    assert refused(prepare, tmp_path, **changes) == code
    assert not list(tmp_path.iterdir())


def test_a_state_is_made_once_kept_whole_and_never_forged(tmp_path):
    check, path = prepare(tmp_path), tmp_path / "check.json"
    assert refused(prepare, tmp_path) == "opt_out.state_exists"
    assert refused(ig.OptOutCheck.open, path, ig.Key.generate()) == "key.mismatch"
    assert refused(ig.OptOutCheck.open, tmp_path / "none", make_key("checking")) == "opt_out.state_unreadable"
    text = path.read_text()
    path.write_text(text.replace("2026-11-22", "2026-12-22"))
    assert refused(ig.OptOutCheck.open, path, make_key("checking")) == "opt_out.state_changed"
    path.write_text(text)
    check.mark_sent("cohort-a", "MESSAGE_1")
    assert ig.OptOutCheck.open(path, make_key("checking")).files[0].progress == "sent"
    assert refused(check.mark_sent, "cohort-b") == "opt_out.wrong_local_id"
    assert refused(check.mark_sent, "cohort-a", "a:b") == "opt_out.check_setting"
    assert refused(check.mark_not_sent, "cohort-a") == "opt_out.sent_already"
    assert check.write_requests(tmp_path) == ["X26ABC1-221126-0001.dat"]
    assert refused(check.write_requests, tmp_path) == "opt_out.state_exists"


def test_records_tell_who_checked_how_many_and_how_it_ended(tmp_path, log):
    who = {"audit": log, "actor": "a.analyst", "reason_ref": "IG/2026/17", "agreement_id": "DSA-2026-014"}
    check = prepare(tmp_path, **who)
    assert refused(check.receive, b"9990000042,\n", **who) == "opt_out.returned_not_submitted"
    check.receive(ANSWER, **who)
    with pytest.raises(ig.MisuseError):
        check.receive(ANSWER, audit=log)
    records = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    told = [(record["outcome"], record.get("count"), record.get("code")) for record in records]
    assert told == [
        ("attempt", None, None), ("success", 5, None),
        ("attempt", 5, None), ("refused", 5, "opt_out.returned_not_submitted"),
        ("attempt", 5, None), ("success", 4, None),
    ]  # fmt: skip
    assert {record["event"] for record in records} == {"opt_out_check"}
    assert len({record["object"] for record in records[1:]}) == 1
    assert ig.verify_audit(tmp_path / "audit.jsonl").records == 6


def test_nothing_shows_a_number(tmp_path, caplog, log):
    check = prepare(tmp_path, audit=log, actor="a.analyst")
    made = check.receive(ANSWER, audit=log, actor="a.analyst")
    made.save(tmp_path / "list.json", make_key("checking"))
    loaded = ig.NotOptedOut.load(tmp_path / "list.json", make_key("checking"))
    shown = f"{check!r}{check}{made!r}{loaded!r}{check.files}{check._handle!r}{caplog.text}"
    for thing in (check, check._handle, made, loaded):
        for spread in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises((ig.IgError, TypeError)) as caught:
                spread(thing)
            shown += str(caught.value)
    for path in tmp_path.iterdir():
        shown += path.read_text()
    assert not find_secrets(shown)
    # The order of the pseudonyms is not that of the numbers.
    assert not re.search("|".join(NUMBERS), shown)


def test_the_command_line_prepares_and_receives(tmp_path, key_file):
    source, requests = tmp_path / "c.csv", tmp_path / "requests"
    source.write_text("nhs\n" + "\n".join(NUMBERS) + "\n")
    requests.mkdir()
    state, made, who = tmp_path / "check.json", tmp_path / "list.json", ["--key-file", key_file]
    names = [
        "--column",
        "nhs",
        "--mailbox",
        "X26ABC1",
        "--local-id",
        "cohort-a",
        "--sequence",
        3,
        "--out",
        requests,
    ]
    done = nhs_ig("opt-out", "prepare", source, "--state", state, *names, *who)
    assert done.returncode == 0, done.stderr
    assert "5 numbers in 1 files; 0 cells left out" in done.stdout
    (request,) = requests.iterdir()
    assert request.name.endswith("-0003.dat")
    assert nhs_ig("opt-out", "prepare", source, "--state", state, *names, *who).returncode == 2
    answer = tmp_path / "cohort-a.dat"
    answer.write_bytes(request.read_bytes())
    done = nhs_ig("opt-out", "receive", state, answer, "--list", made, *who)
    assert (done.returncode, "opt_out.request_sent_back" in done.stderr) == (1, True)
    answer.write_bytes(ANSWER)
    done = nhs_ig("opt-out", "receive", state, answer, "--list", made, *who)
    assert done.returncode == 0, done.stderr
    assert "4 of 5 people had not opted out" in done.stdout
    assert ig.NotOptedOut.load(made, ig.Key.from_file(key_file)).opted_out_count == 1
