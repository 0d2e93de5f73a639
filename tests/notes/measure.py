"""Measures scrub_text on notes with recorded spans: precision and recall by kind.

    python tests/notes/measure.py notes.jsonl [more.jsonl]

`overlap`: a span and a finding of the same kind share a character; `exact`: they have the same two ends; `covered`:
every letter and digit of the span is replaced, whatever the kind. Precision counts findings, recall counts spans.
The name list given to each note is its `names`, or else the texts of its own spans of the kind name, as a caller
who knows the patient would give. Texts are never printed.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import nhs_ig as ig

# NHS, CHI and H&C numbers are one column in many systems; a set that does not tell them apart is read so.
PATIENT = {"nhs_number", "chi_number", "hc_number"}
SAME = {
    "nhs": "nhs_number",
    "chi": "chi_number",
    "hcn": "hc_number",
    "h_c_number": "hc_number",
    "gmc": "gmc_number",
    "telephone": "phone",
    "dob": "date",
    "person": "name",
    "patient_name": "name",
    "h_and_c_number": "hc_number",
    "phone_number": "phone",
    "date_of_birth": "date",
    "email_address": "email",
}


def kind_of(name):
    """Return the kind in our words."""
    plain = re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
    return SAME.get(plain, plain)


def read(path):
    """Return the notes of a file."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def findings(note, number):
    """Return (kind, start, end) of what is found in a note."""
    spans = [span for span in note["spans"] if kind_of(span["type"]) == "name"]
    listed = note.get("names") or [note["text"][span["start"] : span["end"]] for span in spans]
    listed = [name for name in listed if sum(c.isalpha() for c in name) > 1]
    names = ig.NameList(listed, id=f"note-{number}") if listed else None
    try:
        table = ig.scrub_findings([note["text"]], names=names)
    finally:
        ig.forget_names(f"note-{number}")
    places = (map(int, table[end]) for end in ("start", "end"))
    return list(zip(table["type"], *places, strict=True))


def measure(notes):
    """Return counts by kind: spans, findings, and how many of each agree."""
    counts = {}
    for number, note in enumerate(notes):
        spans = [(kind_of(s["type"]), s["start"], s["end"]) for s in note["spans"]]
        found = findings(note, number)
        hidden = {place for _, start, end in found for place in range(start, end)}
        for kind, start, end in spans:
            c = counts.setdefault(kind, Counter())
            c["spans"] += 1
            c["span_exact"] += any(same(kind, k) and (start, end) == (a, b) for k, a, b in found)
            c["span_overlap"] += any(same(kind, k) and a < end and start < b for k, a, b in found)
            c["covered"] += all(p in hidden for p in range(start, end) if note["text"][p].isalnum())
        for kind, start, end in found:
            c = counts.setdefault(kind, Counter())
            c["found"] += 1
            c["found_exact"] += any(same(k, kind) and (start, end) == (a, b) for k, a, b in spans)
            c["found_overlap"] += any(same(k, kind) and a < end and start < b for k, a, b in spans)
            c["found_any"] += any(a < end and start < b for _, a, b in spans)
    total = Counter()
    for c in counts.values():
        total.update(c)
    return {**dict(sorted(counts.items())), "all": total}


def same(one, other):
    """Say whether two kinds are the same or are numbers of one column."""
    return one == other or {one, other} <= PATIENT


def share(part, whole):
    """Return a share as text."""
    return f"{part / whole:6.3f}" if whole else "     -"


def show(name, counts):
    """Print the table."""
    print(
        f"\n{name}\n{'kind':<20} {'spans':>6} {'found':>6} | overlap: prec recall | exact: prec recall | covered"
    )
    for kind, c in counts.items():
        print(
            f"{kind:<20} {c['spans']:6} {c['found']:6} |        {share(c['found_overlap'], c['found'])} "
            f"{share(c['span_overlap'], c['spans'])} |      {share(c['found_exact'], c['found'])} "
            f"{share(c['span_exact'], c['spans'])} |  {share(c['covered'], c['spans'])}"
        )


def main():
    """Measure each file as a whole and by style."""
    for path in sys.argv[1:]:
        notes = read(path)
        show(f"{Path(path).name}: {len(notes)} notes", measure(notes))
        styles = sorted({note["style"] for note in notes})
        for style in styles if len(styles) > 1 else []:
            chosen = [note for note in notes if note["style"] == style]
            show(f"{style}: {len(chosen)} notes", {"all": measure(chosen)["all"]})


if __name__ == "__main__":
    main()
