"""Fixtures that several test files share."""

from __future__ import annotations

import datetime as dt
import itertools
from importlib.resources import files
from pathlib import Path

import nhs_ig as ig
import pytest
from ring_support import CONTEXT, LATER, MADE, OTHER_BYTES
from support import NUMBERS, make_key

_ids = itertools.count()


@pytest.fixture
def key() -> ig.Key:
    """A key with known bytes under an id of its own."""
    return make_key(f"test-{next(_ids)}")


@pytest.fixture
def pseudonymiser(key: ig.Key) -> ig.Pseudonymiser:
    return ig.Pseudonymiser(key, context="DSA-2026-014")


@pytest.fixture
def key_file(key: ig.Key, tmp_path: Path) -> Path:
    path = tmp_path / "project.key"
    key.write_new_file(path)
    return path


@pytest.fixture(scope="session")
def demo_data() -> Path:
    return Path(str(files("nhs_ig") / "demo_data"))


@pytest.fixture
def checked() -> ig.NotOptedOut:
    """The check service's answer: the last number has opted out."""
    return ig.NotOptedOut.from_check_service(NUMBERS, NUMBERS[:-1], checked_at=dt.date(2026, 11, 20))


@pytest.fixture
def log(tmp_path: Path) -> ig.AuditLog:
    return ig.AuditLog(tmp_path / "audit.jsonl")


@pytest.fixture
def ids(key):
    return f"{key.id}-old", f"{key.id}-new"


@pytest.fixture
def ring_file(ids, tmp_path):
    """A ring whose first key is retired and whose second, the primary, is for one agreement."""
    path = tmp_path / "project.ring.toml"
    file = ig.KeyRingFile.create(path, make_key(ids[0]), created=MADE)
    file.add(make_key(ids[1], OTHER_BYTES), created=MADE, purposes=[CONTEXT])
    file.promote(ids[1], on=LATER)
    return path


@pytest.fixture
def ring(ring_file):
    return ig.KeyRing.from_file(ring_file)


@pytest.fixture
def rows() -> tuple[list[str | None], list[str | None]]:
    """Numbers and codes with gaps."""
    numbers = [NUMBERS[row % 5] if row % 7 else None for row in range(60)]
    return numbers, [f"A{row % 4}" if row % 3 else None for row in range(60)]
