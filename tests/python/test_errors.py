"""The error tree: one class a group, stable codes, safe to store and send."""

from __future__ import annotations

import copy
import pickle
import re

import nhs_ig as ig
import pytest
from support import ROOT

SOURCES = (ROOT / "crates" / "ig-core" / "src" / "error").glob("*.rs")
CODES = sorted(
    {code for path in SOURCES for code in re.findall(r'= "([a-z_]+\.[a-z_0-9]+)"', path.read_text())}
)
GROUPS = (
    ig.AccessError,
    ig.AuditError,
    ig.ExportError,
    ig.IdentifierError,
    ig.KeyError,
    ig.MisuseError,
    ig.PolicyError,
)


def _texts(*patterns):
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            yield path.read_text(encoding="utf-8")


# No test can bring these about: the system gives no random numbers, or the library is defective.
OUT_OF_REACH = {"key.random", "misuse.defect"}


def test_every_code_occurs_in_a_test_or_a_vector():
    seen = "\n".join(_texts("tests/**/*.py", "tests/vectors/*.json", "crates/*/tests/**/*.rs"))
    for path in ROOT.glob("crates/*/src/**/*.rs"):
        text = path.read_text(encoding="utf-8")
        seen += (
            ""
            if "/error/" in path.as_posix()
            else text[text.find("#[cfg(test)]") :]
            if "#[cfg(test)]" in text
            else ""
        )
        seen += text if "tests" in path.parts or path.name == "tests.rs" else ""
    missing = [code for code in CODES if code not in seen and code not in OUT_OF_REACH]
    assert not missing


def test_codes_are_of_one_form():
    assert len(CODES) > 60
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", code) for code in CODES)


@pytest.mark.parametrize("group", GROUPS)
def test_an_error_survives_pickle_and_copy(group):
    error = group("what happened", "a.code", {"row": "3"})
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is group
        assert (again.args[0], again.code, again.context, str(again)) == (
            "what happened",
            "a.code",
            {"row": "3"},
            "[a.code] what happened",
        )
    assert issubclass(group, ig.IgError)
    assert not issubclass(group, KeyError)
    assert "who" in (group.__doc__ or "").lower() or ":" in group.__doc__


def test_the_context_is_text_that_a_program_can_use():
    with pytest.raises(ig.IdentifierError) as caught:
        ig.normalise_nhs_number(["9990000018", "x", "y"])
    assert caught.value.context == {
        "column": "the column", "count": "2", "row": "2", "reason": "identifier.character", "scope": "the column (the first row is 1)",
    }  # fmt: skip
