"""Precision and recall on notes with recorded spans: a rule that gets worse fails here."""

from __future__ import annotations

import importlib.util
import json
import random

import pytest
from support import ROOT

NOTES = ROOT / "tests" / "notes"


def _module(name):
    spec = importlib.util.spec_from_file_location(name, NOTES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MEASURE, MAKE = _module("measure"), _module("make_notes")


def _share(counts, part, whole):
    return counts[part] / counts[whole]


def test_generated_notes():
    rng = random.Random(20261122)
    counts = MEASURE.measure([MAKE.note(rng) for _ in range(400)])
    for kind, c in counts.items():
        assert _share(c, "span_overlap", "spans") >= 0.99, kind
        assert _share(c, "found_overlap", "found") >= 0.98, kind
        assert _share(c, "span_exact", "spans") >= 0.97, kind
        assert _share(c, "covered", "spans") >= 0.99, kind


@pytest.mark.skipif(not (NOTES / "held_out.jsonl").exists(), reason="the held-out notes are not there")
def test_held_out_notes():
    floors = json.loads((NOTES / "held_out_floors.json").read_text(encoding="utf-8"))
    counts = MEASURE.measure(MEASURE.read(NOTES / "held_out.jsonl"))
    for kind, (precision, recall) in floors.items():
        assert _share(counts[kind], "found_overlap", "found") >= precision, kind
        assert _share(counts[kind], "span_overlap", "spans") >= recall, kind
