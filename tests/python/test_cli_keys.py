"""The commands that make and look after keys, and their crosswalk."""

from __future__ import annotations

import hashlib
import os

import nhs_ig as ig
import pytest
from ring_support import CONTEXT, OTHER_BYTES
from support import (
    NUMBER,
    NUMBERS,
    VERIFIER,
    make_key,
    nhs_ig,
    pseudonym,
)


class TestCommandLine:
    def test_the_life_of_a_ring(self, tmp_path):
        ring = tmp_path / "project.ring.toml"
        day = ["--today", "2024-11-22"]
        assert nhs_ig("keys", "new", ring, "--ring", "--id", "k-1", *day).returncode == 0
        assert nhs_ig("keys", "new", ring, "--ring").returncode == 2
        assert (
            nhs_ig(
                "keys", "add", ring, "--id", "k-2", "--purpose", "DSA-1", "--purpose", "DSA-2", *day
            ).returncode
            == 0
        )
        nhs_ig("keys", "new", tmp_path / "k-3.key", "--id", "k-3")
        assert nhs_ig("keys", "add", ring, "--key-file", "k-3.key", *day).returncode == 0
        done = nhs_ig("keys", "retire", ring, "k-1")
        assert (done.returncode, "key.ring_primary" in done.stderr) == (1, True)
        late = nhs_ig("keys", "promote", ring, "k-2", "--today", "2999-12-01")
        assert (late.returncode, "key.ring_date" in late.stderr) == (2, True)
        assert nhs_ig("keys", "promote", ring, "k-2", "--today", "2024-12-01").returncode == 0
        assert nhs_ig("keys", "promote", ring, "k-2").returncode == 1
        assert nhs_ig("keys", "retire", ring, "k-3", "--today", "2024-12-02").returncode == 0
        values = {entry.id: entry.check_value for entry in ig.KeyRingFile(ring).entries}
        shown = nhs_ig("keys", "show", ring).stdout
        assert [line.split() for line in shown.splitlines()] == [
            ["id", "status", "created", "retired", "check", "value", "purposes"],
            ["k-1", "retired", "2024-11-22", "2024-12-01", values["k-1"], "any"],
            ["k-2", "primary", "2024-11-22", "-", values["k-2"], "DSA-1,", "DSA-2"],
            ["k-3", "retired", "2024-11-22", "2024-12-02", values["k-3"], "any"],
        ]
        checked = nhs_ig("keys", "check", ring)
        assert (checked.returncode, checked.stdout.count("is usable")) == (0, 3)
        (tmp_path / "k-3.key").unlink()
        assert "k-3 is not at hand" in nhs_ig("keys", "check", ring).stdout
        secrets = [part[-64:] for part in ring.read_text().split('"') if part.startswith("nhsig_sk_")]
        assert len(secrets) == 2
        assert not [secret for secret in secrets if secret in shown + checked.stdout]

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_a_ring_behind_a_link(self, tmp_path, ring_file):
        (tmp_path / "links").mkdir()
        link = tmp_path / "links" / "ring.toml"
        link.symlink_to(ring_file)
        make_key("beside-ring", bytes(range(32))).write_new_file(ring_file.parent / "k.key")
        assert nhs_ig("keys", "add", link, "--key-file", "k.key").returncode == 0
        for path in (link, ring_file):
            assert ig.KeyRing.from_file(path).key("beside-ring").id == "beside-ring"
        (ring_file.parent / "k.key").unlink()
        done = nhs_ig("keys", "promote", link, "beside-ring")
        assert (done.returncode, "key.missing" in done.stderr) == (2, True)

    def test_refusals(self, tmp_path, ring_file):
        text = ring_file.read_text()
        for content, code in (
            (text[:-9], "key.ring_incomplete"),
            (text.replace("schema = 1", "schema = 9"), "key.ring_version"),
        ):
            ring_file.write_text(content)
            done = nhs_ig("keys", "check", ring_file)
            assert (done.returncode, f"[{code}]" in done.stderr) == (2, True), done.stderr
        ring_file.chmod(0o644)
        assert "key.file_exposed" in nhs_ig("keys", "show", ring_file).stderr
        assert nhs_ig("keys", "new", tmp_path / "x", "--purpose", "DSA-1").returncode == 2

    def test_crosswalk(self, tmp_path, ring_file, ids):
        source, out, log = tmp_path / "in.csv", tmp_path / "c.csv", tmp_path / "a.jsonl"
        source.write_text("nhs,n\n" + "".join(f"{number},1\n" for number in NUMBERS))
        words = [
            "--ring",
            ring_file,
            "--old",
            ids[0],
            "--context",
            CONTEXT,
            "--out",
            out,
            "--audit",
            log,
            "--actor",
            "a.keeper",
        ]
        words = ["keys", "crosswalk", source, *words, "--reason-ref", "IG/2026/17", "--column"]
        done = nhs_ig(*words, "nothing")
        assert (done.returncode, "misuse.column_missing" in done.stderr, out.exists()) == (2, True, False)
        done = nhs_ig(*words, "nhs")
        assert (done.returncode, done.stdout.splitlines()[0]) == (
            0,
            "5 pairs from 5 cells; 0 empty, 0 invalid",
        )
        assert hashlib.sha256(out.read_bytes()).hexdigest() in done.stdout
        assert nhs_ig(*words, "nhs").returncode == 2
        assert nhs_ig("audit", "verify", log).returncode == 0
        assert VERIFIER.exists()

    def test_a_ring_where_a_key_is_asked_for(self, tmp_path, ring_file):
        source, out = tmp_path / "in.csv", tmp_path / "o.csv"
        source.write_text(f"nhs\n{NUMBER}\n")
        words = [
            "pseudonymise",
            source,
            "--column",
            "nhs",
            "--out",
            out,
            "--key-file",
            ring_file,
            "--context",
        ]
        done = nhs_ig(*words, "DSA-other")
        assert (done.returncode, "key.purpose" in done.stderr, out.exists()) == (1, True, False)
        assert nhs_ig(*words, CONTEXT).returncode == 0
        made = pseudonym(NUMBER, context=CONTEXT, kind="nhs_number", key=OTHER_BYTES)
        assert out.read_text().split() == ["nhs", made]
