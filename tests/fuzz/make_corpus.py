"""Write the corpus: small inputs, each made by hand or taken from the vectors; nothing in it is of a person.

    PYTHONPATH=python python tests/fuzz/make_corpus.py

It needs the installed package for the files that have inner hashes. Files that a fuzzer found are not touched.
"""

# ruff: noqa: FLY002 - full-width digits are the point; a list of lines reads better than one line

from __future__ import annotations

import importlib
import json
import pickle
import sys
import tempfile
from pathlib import Path

import nhs_ig as ig

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tests" / "python"))
KEY = "nhsig_sk_counting_" + bytes(range(32)).hex()
SPEC = {
    "scheme": "v1",
    "key_id": "counting",
    "check_value": "d9a4e4dbf2",
    "context": "DSA-2026-014",
    "on_invalid": "null",
}

ACTS = {
    "pseudonymise": {
        "act": "pseudonymise",
        **SPEC,
        "kind": "nhs_number",
        "length": 192,
        "encoding": "base32",
    },
    "fields": {"act": "pseudonymise_fields", **SPEC, "kinds": ["nhs_number", "text"]},
    "tokenise": {"act": "tokenise", **SPEC, "kind": "text"},
    "numbers": {"act": "encrypt_numbers", **SPEC, "check": "invalid"},
    "shift": {"act": "shift_date", **SPEC, "kind": "nhs_number", "max_days": 28, "keep_weekday": True},
    "redact": {"act": "redact"},
    "mask": {"act": "mask_partial", "keep_first": 1, "keep_last": 2, "mask_char": "#"},
    "date": {"act": "generalise_date", "to": "financial_year", "on_invalid": "null"},
    "top": {"act": "top_code", "at": 1.5, "label": "1.5+", "on_invalid": "null"},
    "round": {"act": "round_to", "base": 5},
    "age": {"act": "age_band", "width": 10, "top": 80},
    "postcode": {"act": "postcode", "to": "district"},
    "scrub": {
        "act": "scrub_text",
        "kinds": ["nhs_number", "name"],
        "min_score": 61,
        "names": {"id": "clinic-7"},
    },
}
NOT_ACTS = {
    "unknown": {"act": "reidentify"},
    "unknown_setting": {"act": "redact", "to": "x"},
    "no_act": {"kind": "text"},
    "weak_shift": {**ACTS["shift"], "max_days": 1},
    "empty_context": {**ACTS["tokenise"], "context": ""},
    "huge_width": {"act": "age_band", "width": 2**64},
    "two_acts": [ACTS["redact"], ACTS["date"]],
}

RING = f"""schema = 1

[[key]]
id = "old"
status = "retired"
created = 2025-11-01
retired = 2026-11-22
env = "NHS_IG_FUZZ_OLD"
check_value = "630dcd2966"

[[key]]
id = "counting"
status = "primary"
created = 2026-11-01
purposes = ["DSA-2026-014"]
secret = "{KEY}"
check_value = "d9a4e4dbf2"

[end]
keys = 2
"""

NOTE = """Patient Siân O'Neill, NHS number 999 000 0018 (9990000026), DOB 12/03/1958, CHI 0101010000.
Lives at M13 9PL, tel 0161 496 0000 ext 12, a.patient@example.org. Seen 3rd March 2024 by Dr Khan Smith, GMC 1234567.
"""


def put(target: str, name: str, content: str | bytes) -> None:
    """Write one input."""
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def put_all(target: str, taken: list[str | bytes], refused: list[str | bytes]) -> None:
    """Write inputs with numbers for names."""
    for word, contents in (("taken", taken), ("refused", refused)):
        for number, content in enumerate(contents, 1):
            put(target, f"{word}_{number}", content)


def nested_pickle(depth: int) -> bytes:
    """Lists within lists, deeper than a parser that calls itself may go."""
    return b"\x80\x03" + b"]" * depth + b"a" * (depth - 1) + b"."


def growing_pickle(doublings: int) -> bytes:
    """A small pickle of a value that doubles with each step, since each list holds the one before twice."""
    steps = b"".join(
        b"]q" + bytes([n]) + b"(h" + bytes([n - 1]) + b"h" + bytes([n - 1]) + b"e"
        for n in range(1, doublings)
    )
    return b"\x80\x03]q\x00" + steps + b"."


def acts() -> None:
    """Acts as JSON and as pickles."""
    for name, act in ACTS.items():
        put("act_json", f"taken_{name}", json.dumps(act))
        put("act_pickle", f"taken_{name}", pickle.dumps(act))
    for name, act in NOT_ACTS.items():
        put("act_json", f"refused_{name}", json.dumps(act))
        put("act_pickle", f"refused_{name}", pickle.dumps(act))
    put("act_json", "refused_deep", "[" * 2000)
    put("act_json", "refused_twice", '{"act":"redact","act":"is_nhs_number"}')
    put("act_json", "refused_not_finite", '{"act":"top_code","at":1e999}')
    put("act_pickle", "refused_deep", nested_pickle(3000))
    put("act_pickle", "refused_growing", growing_pickle(24))
    put("act_pickle", "refused_code", pickle.dumps(print))
    put("act_pickle", "refused_cut", pickle.dumps(ACTS["pseudonymise"])[:60])
    put("act_pickle", "refused_long_text", b"\x80\x03X\xff\xff\xff\xffabc.")
    put("act_pickle", "refused_empty", b"")
    cells = [
        "9990000018",
        "999 000 0026",
        "",
        " ",
        "2024-02-29",
        "90",
        "-1.5",
        "M13 9PL",
        "zz99 3vz",
        "x" * 70,
        "é\u0301👩‍🔬",
    ]
    put("act_on_cells", "taken_mixed", "\n".join(cells))
    put("act_on_cells", "taken_repeated", "\n".join(["9990000018"] * 9 + ["9990000026"] * 8))
    put(
        "act_on_cells",
        "taken_dates",
        "\n".join(["2024-02-29", "0001-01-01", "9999-12-31", "2024-02-30", "2024-01-01T24:00:00"]),
    )
    put(
        "act_on_cells",
        "taken_numbers",
        "\n".join(["9007199254740993", "-9007199254740993", "1" * 40, "0.1", ".5", "+3"]),
    )
    put("act_on_cells", "refused_words", "nothing\nto\n\nread")


def keys() -> None:
    """Keys and rings."""
    hexes = bytes(range(32)).hex()
    put_all(
        "key_text",
        [KEY, f"  {KEY}\r\n", KEY.replace(hexes, hexes.upper())],
        ["", "nhsig_sk_", KEY[:-1], KEY + "0", KEY.replace("counting", "Counting"), KEY.replace(hexes, "0" * 64), hexes,
         KEY.replace("nhsig_sk", "nhsig_pk"), KEY[:-1] + "g", KEY.replace("counting", ""), b"\xff\xfe" + KEY.encode()],
    )  # fmt: skip
    pending = RING.replace("keys = 2", "keys = 3").replace(
        "[end]",
        '[[key]]\nid = "next"\nstatus = "pending"\ncreated = 2026-11-20\ncaller = true\ncheck_value = "a4bb8b0f4f"\n\n[end]',
    )
    put_all(
        "key_ring",
        [RING, pending, RING.replace("\n", "\r\n"), RING.replace(f'secret = "{KEY}"', 'file = "missing.key"')],
        [
            "", "schema = 2\n", RING[: len(RING) // 2], RING.replace("[end]\nkeys = 2\n", ""),
            RING.replace("keys = 2", "keys = 3"), RING.replace('"retired"', '"primary"'),
            RING.replace('"primary"', '"pending"'), RING.replace('id = "old"', 'id = "counting"'),
            RING.replace("2025-11-01", "2025-02-30"), RING.replace("schema = 1", "schema = 1\nschema = 1"),
            RING.replace('["DSA-2026-014"]', '["a\\u0007"]'), "[[[[", "key = " + "[" * 500, b"\xff" + RING.encode(),
            RING.replace('env = "NHS_IG_FUZZ_OLD"', f'env = "{KEY}"'), RING + "schema = 1\n",
        ],
    )  # fmt: skip


def tokens() -> None:
    """Tokens and ten digits of the counting key."""
    token = "nhsig_t1_counting_uMHrHYHUOU0FdtEx-jNDFwMGeOo-221H8rY"
    put_all(
        "token",
        [token, "nhsig_t1_counting_Cs52Kbhlf1VLqjg2h2yk7ubrIohmtOPUKpM"],
        ["", token[:-1], token + "=", token + "\n", token[:-1] + "Z", token.upper(), " " + token, token.replace("-", "+"),
         token.replace("counting", "k-2026-1"), token.replace("t1", "t2"), "nhsig_t1_counting_", "9990000018"],
    )  # fmt: skip
    put_all(
        "format_preserving",
        ["2135236773", "9624269701"],
        ["", "2135236774", "213 523 6773", "２１３５２３６７７３", "21352367730"],
    )


def tables() -> None:
    """Tables in files."""
    put_all(
        "csv_file",
        [
            "nhs_number,n\n9990000018,1\n", "\ufeffa,b\r\n1,2\r\n", 'a,b\n"x, ""y""","two\nlines"\n', "a,b\n,\n1,\n",
            "only\nx\n\ny\n", 'a,b\n"",x\n', "a,b\n",
        ],
        [
            "", "a,b\n1\n", 'a,b\n"open,1\n', 'a,b\n"x"y,1\n', "9990000018,1\n9990000026,2\n", "a;b\n1;2\n", b"PK\x03\x04rest",
            b"a,b\n\xff,1\n", "a,a\n1,2\n", ",b\n1,2\n", b"a\x00b,c\n1,2\n", b"\xff\xfea\x00,\x00",
        ],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        ig.write_table({"id": ["9990000018", None, "x"], "n": [1, 2, None]}, path)
        whole = path.read_bytes()
    put_all(
        "parquet_file",
        [whole],
        [
            b"",
            b"PAR1PAR1",
            whole[:-9],
            b"PAR1" + b"\xff\xff\xff\x7fPAR1",
            b"a,b\n1,2\n",
            whole[:-8] + b"\xff\xff\xff\xffPAR1",
        ],
    )


def audit() -> None:
    """Records and logs."""
    records = json.loads((ROOT / "tests/vectors/audit_record_v1.json").read_text(encoding="utf-8"))
    lines = [record["line"] for record in records if "line" in record]
    first = lines[0]
    put_all(
        "audit_record",
        lines[:4],
        ["", "{}", first + "\n", first.replace(",", ", ", 1), first.replace('"v":1', '"v":2'), first.replace('"v":1', '"v":1.0'),
         first.replace("a.analyst", "a\\u002eanalyst"), first.replace("}", ',"x":1}'),
         first.replace('"seq":0', '"seq":9007199254740992'), first.replace("2026-11-22", "2026-02-30"), "[" * 4097],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.jsonl"
        log = ig.AuditLog(path)
        for count in range(3):
            log.audit("read", "dids", actor="a.analyst", purpose="service_evaluation", count=count)
        whole = path.read_bytes()
    rows = whole.splitlines(keepends=True)
    put_all(
        "audit_log",
        [b"", whole, rows[0]],
        [whole[:-1], whole[:-20], rows[1], rows[0] + rows[2], rows[0] + rows[0], whole.replace(b'"count":1', b'"count":2'),
         whole + b"\n", whole + b"\x00" * 64, whole.replace(b"\n", b"\r\n"), b"\n"],
    )  # fmt: skip
    put_all(
        "audit_fields",
        ["2026-11-22T09:30:00.000000Z", "01a20297-4dc0-7816-9c19-80478295eb64", "0" * 64],
        ["", "2026-11-22T09:30:00Z", "2026-11-22T24:00:00.000000Z", "0" * 63, "A" * 64, "00000000-0000-0000-0000-000000000000",
         "{01A20297-4DC0-7816-9C19-80478295EB64}"],
    )  # fmt: skip


def checkpoints() -> None:
    """Checkpoints, proofs and their keys, of the vectors."""
    made = json.loads((ROOT / "tests/vectors/audit_tree_v1.json").read_text(encoding="utf-8"))
    notes, inclusion, growth = (made["log"][name] for name in ("checkpoints", "inclusion", "consistency"))
    note, key, public = notes[2], made["signer_key"], made["verifier_key"]
    put_all(
        "audit_checkpoint",
        [notes[0], notes[2], notes[13], note + note.rpartition("\n\n")[2]],
        ["", "\n\n", note.strip(), note + "\n", note.replace("\n2\n", "\n3\n"), note.replace("\n2\n", "\n02\n"),
         note.replace("\u2014", "-"), note.replace("example", "examplf"), note.replace("\n\n", "\nmore\n\n"), note.partition("\n\n")[0] + "\n"],
    )  # fmt: skip
    put_all(
        "audit_proof",
        [inclusion[0], inclusion[12], growth[2]],
        ["", note, inclusion[3].replace("index 3", "index 4"), inclusion[3].replace("index 3", "index 13"), inclusion[3].replace("@v1", ""),
         inclusion[3].replace("extra ", ""), growth[3], growth[2].replace("old 2", "old 3"), growth[2].replace("old 2", "old 02"), growth[0]],
    )  # fmt: skip
    put_all(
        "audit_keys",
        [key, public, key + "\n"],
        ["", "+", "++", key[:-4], public[:-4], key.replace("0a4183b7", "0a4183b8"), public.replace("0a4183b7", "0A4183B7"),
         key.replace("PRIVATE", "private"), "weak+c37c7b7a+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    )  # fmt: skip


def identity() -> None:
    """ID tokens, the keys of their issuer, tables of incidents."""
    planted = importlib.import_module("identity_planted")
    key, token = planted.KEY, planted.TOKEN
    head, body, signature = token.split(".")
    put_all(
        "identity_token",
        [token],
        ["", "..", f"{head}.{body}.", f"{body}.{head}.{signature}", f"{head}.{body}.{signature[::-1]}", token[1:], token + "=", token + ".x",
         f"eyJhbGciOiJub25lIn0.{body}.", f"eyJhbGciOiJub25lIn0.{body}.{signature}", f" {token}"],
    )  # fmt: skip
    keys = json.dumps({"keys": [key]})
    put_all(
        "identity_keys",
        # Keys of other kinds may stand beside usable ones; a token that names one is refused.
        [keys, json.dumps({"keys": [key, {**key, "kid": "other"}]}), keys.replace("EC", "oct"), keys.replace("P-256", "P-521")],
        ["", "{}", "[]", '{"keys": []}', '{"keys": {}}', keys[:-2],
         keys.replace('"x": "n', '"x": "'), json.dumps({"keys": [key, key]})],
    )  # fmt: skip
    grid = ig.incident_grid()
    put_all(
        "incident_grid",
        [grid, grid.replace("report_ico", "tell_siro")],
        ["", "version = 1", grid.replace("version =", "edition ="), grid + "more = 1\n", grid.replace("no_impact", "No impact"),
         grid.replace("minimum_with_factor = 2", "minimum_with_factor = 0"), grid.replace('"no effect",', "")],
    )  # fmt: skip


def texts() -> None:
    """Identifiers, dates, numbers, free text."""
    put_all("nhs_number", ["9990000018", "-9990000018", " 999-000.0018\t", "999\u00a0000\u00a00018", "9990000026"],
            ["", "9990000019", "999000001", "99900000180", "9999999999", "９９９０００００１８", "999000001X", "9990000018\u200b"])  # fmt: skip
    put_all(
        "postcode",
        ["M13 9PL", "zz993vz", "GIR0AA", "ec1a 1bb", "BF1 3AA"],
        ["", "M13 9P", "M13-9PL", "Ｍ13 9PL", "ZZ99 3XA", "M13 9CL", "1M3 9PL"],
    )
    put_all("parse_date", ["2024-02-29", "0001-01-01", "9999-12-31T23:59:60.5+01:00", "2024-01-31 00:00:00Z"],
            ["", "2023-02-29", "0000-01-01", "29/02/2024", "2024-02-29T", "2024-2-29", "２024-02-29", "2024-02-29T24:00:00", "2024-02-29T00:00:00."])  # fmt: skip
    put_all(
        "date_shift",
        ["2024-02-29\nperson", "1970-01-01\né"],
        ["", "2024-02-30\nperson", "2024-02-29\n", "person\n2024-02-29"],
    )
    put_all(
        "age_band",
        [b"\x05\x5a42", b"\x01\x0a0", b"\x0a\x5a149"],
        [b"", b"\x00\x0042", b"\x05\x5a150", b"\x05\x5a-1", b"\x07\x5a42", b"\x05\x5a4.5"],
    )
    put_all(
        "number",
        [b"\x05\x5a42", b"\x05\x5a-1.5", b"\x03\x00" + b"9" * 38, b"\x02\x01+0.0000001"],
        [b"", b"\x05\x5a1e3", b"\x05\x5a1,000", b"\x05\x5a.", b"\x05\x5aNaN", b"\x05\x5a" + b"9" * 400],
    )
    put_all(
        "mask_partial",
        [
            b"\x01\x029990000018",
            "\x02\x02e\u0301\U0001f469\u200d\U0001f52cab\r\nc",
            b"\x00\x00",
            b"\x04\x04AB",
        ],
        [b"\x09\x00x", b"\xff\xffx"],
    )
    put_all("scrub_text", [NOTE, "NHS9990000018", "[NHS NUMBER] 9990000018[", "tel:+44 (0)161 496 0000", "a@b.example" * 9],
            ["", "999 000 00189990000018", "nothing to see", "[NAME] [DATE]", "100 mg 2/52"])  # fmt: skip
    put_all(
        "name_list",
        ["clinic-7\nSiân O'Neill\nAhmed Khan-Smith\n", "a\nMr. van der Berg, Jan"],
        ["", "Clinic\nAnn Other", "a\nX", "a\n" + "ab " * 13, "a\n9990000018"],
    )
    put_all(
        "public_names",
        ["counting", "nhs_number", "DSA-2026-014", "é" * 127],
        ["", "a\n", "x" * 256, "a\u0000", "é" * 128],
    )
    rule = b"\x05\x01\x05\x00"
    put_all("suppression_policy", [rule + b"trust_board", rule + "mine\n†".encode(), b"\x05\x00\x00\x02mine\n<5".replace(b"<5", b"(hidden)")],
            [b"", rule + b"hes", rule + b"mine\n0", rule + b"mine\n5", rule + b"mine\nNA", b"\x00\x01\x05\x00mine", rule + b"Mine", rule + "mine\n٣".encode(), b"\x01\x00\x00\x00mine"])  # fmt: skip
    table = b"A,F,*\nA,M,42\nA,Total,65\n"
    put_all("finished_table", [b"\x00" + table, b"\x01A,F,<5\nA,M,1-4\n", b"\x02" + table, b"\x04A,F,*\nA,M,40\nA,Total,65\n", b"\x00A,F,secret\nA,Total,9\nTotal,Total,9\n", b"\x01"],
            [b"\x00" + table.replace(b"65", b"30"), b"\x00A,F,few\n", b"\x01A,F,3\nA,F,4\n", b"\x00A,F,3\n", b"\x01" + table, b"\x00A,F,-1\n"])  # fmt: skip
    put_all("counts_with_totals", [b"\x00\x01\x07\x20\x30\x40", b"\x01\x02\x04\x05\x08\x20\x00\x30", b"\x02\x01\x00\x00\x30\x30", b"\x03\x01\x07\x30\x30\x30"],
            [b"\x00\x01\x30\x30\x30\x30", b"\x01\x02\x00\x00"])  # fmt: skip
    rejected = "The file contains one or more invalid NHS Numbers."
    put_all("check_files", ["9990000018,\n9990000026,\n", "", "\ufeff9990000018,\r\n", rejected.replace("The", "") * 0 + "9990000018,", "9990000018,\n\x0c9990000018,\n".replace("\x0c", "")],
            ["9990000018", "9990000019,\n", "999 000 0018,\n", "9990000018,,\n", b"\xff", "9990000018,\n\n", "9990000018,\n\x0c9990000026,\n"])  # fmt: skip
    agreement = (ROOT / "python/nhs_ig/demo_data/agreement.toml").read_text(encoding="utf-8")
    put_all(
        "agreement_toml",
        [agreement, agreement.replace("\n", "\r\n")],
        [
            "",
            agreement[:900],
            agreement + "x = 1\n",
            "[[" * 300,
            agreement.replace("2029-03-31", "2029-02-31"),
            agreement.replace("schema = 1", "schema = 9"),
        ],
    )


for write in (acts, keys, tokens, tables, audit, checkpoints, identity, texts):
    write()
