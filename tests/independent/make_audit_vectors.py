"""Makes tests/vectors/audit_record_v1.json with the standard library, from the specification page alone.

The vectors are one chain: written in order to an empty log with the given clock and random bytes, they give the
given lines. Run it again after a change and compare: the file must come out the same.
"""

import hashlib
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

RUN = "01a5d1b2-0c00-7000-8000-00000000000a"
OTHER_RUN = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
START = 1_795_339_800_000_000  # 22 November 2026, 09:30 UTC

EVENTS = [
    (
        "only the needed members",
        {"event": "login", "outcome": "success", "actor": "a.analyst", "corr_id": RUN},
    ),
    (
        "every member",
        {
            "event": "export",
            "outcome": "success",
            "dataset": "dids_2026",
            "actor": "a.analyst",
            "role": "S0010:G0020:R8012",
            "org": "RJ1",
            "purpose": "service evaluation",
            "agreement_id": "DSA-2026-014",
            "count": 495,
            "corr_id": RUN,
            "code": "agreement.permitted",
            "reason_ref": "IG/2026/17",
            "object": hashlib.sha256(b"manifest").hexdigest(),
            "key_id": "k-2026",
            "authoriser": "c.guardian",
            "device": "sde/vm-04",
        },
    ),
    (
        "a refusal",
        {
            "event": "read",
            "outcome": "refused",
            "actor": "b+analyst",
            "corr_id": OTHER_RUN,
            "dataset": "hes_2024_25",
            "code": "access.agreement.purpose_not_allowed",
        },
    ),
    (
        "count zero",
        {"event": "opt_out_check", "outcome": "attempt", "actor": "a.analyst", "corr_id": RUN, "count": 0},
    ),
    (
        "greatest count",
        {"event": "query", "outcome": "failure", "actor": "A", "corr_id": RUN, "count": 2**53 - 1},
    ),
    (
        "longest texts",
        {
            "event": "reidentify",
            "outcome": "success",
            "actor": "a" * 128,
            "corr_id": RUN,
            "reason_ref": "A" * 64,
            "key_id": "k" * 32,
            "code": ".".join(["c" * 32] * 4),
        },
    ),
    *[
        (f"event {event}", {"event": event, "outcome": "success", "actor": "a.analyst", "corr_id": OTHER_RUN})
        for event in ["write", "delete", "config", "key_use", "incident", "review", "transfer"]
    ],
]
CLOCKS = [0, 1, 999_999, 253_402_300_799_999_999 - START]  # also the first microsecond and the last there is


def uuid7(micros, random):
    value = (micros // 1000) << 80 | int.from_bytes(random, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])


def main():
    vectors, prev = [], "0" * 64
    for seq, (name, event) in enumerate(EVENTS):
        micros = START + (CLOCKS[seq] if seq < len(CLOCKS) else seq * 1_000_003)
        random = hashlib.sha256(f"random {seq}".encode()).digest()[:10]
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)
        ts = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        record = {**event, "v": 1, "id": uuid7(micros, random), "seq": seq, "ts": ts, "prev": prev}
        line = json.dumps(record, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(line.encode()).hexdigest()
        vectors.append(
            {
                "name": name,
                "event": event,
                "unix_micros": micros,
                "random": random.hex(),
                "id": record["id"],
                "ts": ts,
                "seq": seq,
                "prev": prev,
                "line": line,
                "sha256": digest,
            }
        )
        prev = digest
    target = Path(__file__).parent.parent / "vectors" / "audit_record_v1.json"
    target.write_text(json.dumps(vectors, indent=1) + "\n")


if __name__ == "__main__":
    main()
