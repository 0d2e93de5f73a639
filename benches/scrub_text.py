"""Scrub generated clinical notes: nhs_ig against named peers, in one process run.

    python benches/scrub_text.py [notes]

Prints megabytes of text per CPU second (median of interleaved rounds, one thread) and ratios; only ratios carry over
to another machine. Each peer runs on as many of the same notes as take it about a second. Before timing, each must find
what it claims to in a known text. Needs: polars, nhs_ig, and for the peers presidio-analyzer and scrubadub.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["POLARS_MAX_THREADS"] = "1"

import nhs_ig as ig
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
ROOT = Path(__file__).resolve().parents[1]
KNOWN = "NHS No 999 000 0018, tel 07700 900123, a.b@example.org, seen 12/03/2024, M13 9PL"

# The same forms as patterns: what an analyst would write in Python.
PATTERNS = re.compile(
    r"(?P<email>[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<phone>(?:\+44[ -]?(?:\(0\))?[ -]?|\(?0)[123578](?:[ ().-]{0,2}\d){8,9}(?!\d))"
    r"|(?P<date>(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})"
    r"|\d{1,2}(?:st|nd|rd|th)?[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ -,]+\d{2,4}"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}, \d{4})(?!\d))"
    r"|(?P<nhs_number>(?<!\d)\d{3}[ .\u00a0-]?\d{3}[ .\u00a0-]?\d{4}(?!\d))"
    r"|(?P<postcode>\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2}\b)"
    r"|(?P<gmc_number>(?<=GMC )\d{7}\b)",
    re.IGNORECASE,
)


def generated(count: int) -> tuple[list[str], list[str]]:
    """Return the notes of tests/notes and the names in them."""
    spec = importlib.util.spec_from_file_location("make_notes", ROOT / "tests" / "notes" / "make_notes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rng = random.Random(20261122)  # noqa: S311 - the same notes every time
    notes = [module.note(rng) for _ in range(count)]
    return [note["text"] for note in notes], sorted({name for note in notes for name in note["names"]})


def python_re(names: list[str]) -> Callable[[str], str]:
    """Return a scrubber of the standard library: one union of patterns, a check digit, and the names."""
    parts = sorted({part for name in names for part in [name, *name.split()]}, key=len, reverse=True)
    listed = re.compile(r"\b(?:" + "|".join(map(re.escape, parts)) + r")\b", re.IGNORECASE)

    def tag(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "nhs_number":
            digits = [int(c) for c in match[0] if c.isdigit()]
            if sum(d * (10 - i) for i, d in enumerate(digits)) % 11:
                return match[0]
        return f"[{kind.replace('_', ' ').upper()}]"

    return lambda text: listed.sub("[NAME]", PATTERNS.sub(tag, text))


def presidio() -> Callable[[str], object]:
    """Return Presidio's pattern recognisers for the same kinds, without a language model."""
    from presidio_analyzer import predefined_recognizers as known

    names = [
        "NhsRecognizer",
        "EmailRecognizer",
        "PhoneRecognizer",
        "DateRecognizer",
        "UkPostcodeRecognizer",
        "UkNinoRecognizer",
    ]
    made = [getattr(known, name)() for name in names if hasattr(known, name)]

    def analyse(text: str) -> list[object]:
        return [found for each in made for found in each.analyze(text, each.supported_entities, None) or []]

    assert any(text_of(found, KNOWN) == "999 000 0018" for found in analyse(KNOWN)), "presidio differs"
    return analyse


def text_of(found: object, text: str) -> str:
    """Return the text of a finding of Presidio."""
    return text[found.start : found.end]


def scrubadub() -> Callable[[str], str]:
    """Return scrubadub with its default detectors for Great Britain."""
    import scrubadub as package

    scrubber = package.Scrubber(locale="en_GB")
    assert "a.b@example.org" not in scrubber.clean(KNOWN), "scrubadub differs"
    return scrubber.clean


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


def main() -> None:
    """Time every peer on the same notes, interleaved."""
    notes, names = generated(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    column = pl.Series("note", notes)
    listed = ig.NameList(names, id="bench")
    expected = "NHS No [NHS NUMBER], tel [PHONE], [EMAIL], seen [DATE], [POSTCODE]"
    by_re = python_re(names)
    assert ig.scrub_text(KNOWN, names=listed) == expected == by_re(KNOWN), "nhs_ig and Python re differ"
    acts: dict[str, tuple[int, Callable[[list[str]], object]]] = {
        "nhs_ig": (len(notes), lambda _: column.ig.scrub_text(names=listed)),
        "nhs_ig without names": (len(notes), lambda _: column.ig.scrub_text()),
        "Python re, names": (2000, lambda some: [by_re(text) for text in some]),
    }
    for name, count, make in (
        ("presidio-analyzer patterns, no names", 300, presidio),
        ("scrubadub, no names", 300, scrubadub),
    ):
        try:
            peer = make()
        except ImportError:
            print(f"{name}: not installed")
            continue
        acts[name] = (count, lambda some, peer=peer: [peer(text) for text in some])
    speeds: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, (count, act) in acts.items():
            some = notes[:count]
            size = sum(len(text.encode()) for text in some)
            speeds[name].append(size / 1e6 / cpu_seconds(lambda act=act, some=some: act(some)))
    base = statistics.median(speeds["nhs_ig"])
    print(
        f"{len(notes):,} notes, nhs_ig {ig.__version__}, Python {sys.version.split()[0]}, median of {ROUNDS} rounds"
    )
    for name, each in speeds.items():
        speed = statistics.median(each)
        print(f"  {name:<40} {speed:9.3f} MB/CPU-s   nhs_ig is {base / speed:8.1f} x")


if __name__ == "__main__":
    main()
