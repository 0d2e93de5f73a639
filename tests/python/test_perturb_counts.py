"""Cell keys on people: record keys by the standard library, noise by the specification's look-up."""

from __future__ import annotations

import hmac
import itertools
import random
from fractions import Fraction
from importlib.util import find_spec

import nhs_ig as ig
import pandas as pd
import polars as pl
import pytest
from support import NUMBER, NUMBERS, find_secrets, make_key

RAW = bytes(range(32))
KEY = make_key("cell-keys", RAW)
NOISE = ig.PerturbationTable(max_noise=5, variance=2, unpublished=2)
CHANCE = random.Random(17)
PEOPLE = {
    "id": [f"P{n}" for n in range(400)],
    "site": [CHANCE.choice("ABC") for _ in range(400)],
    "sex": [CHANCE.choice("FFFM") for _ in range(400)],
}
TREE = {"site": {"A": "north", "B": "north", "C": "south"}}


def perturbed(people=PEOPLE, **settings):
    given = {"by": ["site", "sex"], "person": "id", "kind": "patient", "key": KEY, "context": "C-2026"}
    return ig.perturb_counts(people, **{**given, "table": NOISE, **settings})


def cells(table, *names):
    return dict(zip(zip(*(table[name] for name in names), strict=True), table["n"], strict=True))


def record_key(person, context="C-2026", kind="patient"):
    """Work a record key out by the specification: HKDF (RFC 5869) and HMAC of the standard library."""
    info = b"nhs-ig/record-key/v1\0" + b"".join(
        len(part).to_bytes(2, "big") + part for part in (context.encode(), kind.encode())
    )
    extracted = hmac.digest(bytes(32), RAW, "sha256")
    derived = hmac.digest(extracted, info + b"\1", "sha256")
    return int.from_bytes(hmac.digest(derived, person.encode(), "sha256")[:4], "big")


def looked_up(count, cell_key, noise=NOISE):
    if count == 0:
        return 0
    rows = noise.rows()
    unit = cell_key % 2 ** noise.to_dict()["bits"]
    of_count = rows[min(count, len(rows)) - 1]
    assert of_count[0] == min(count, len(rows))
    for value, units in of_count[1]:
        if unit < units:
            return count + value
        unit -= units
    raise AssertionError


def expected(people=PEOPLE, tree=None):
    """Return every cell and total with the noise of its people."""
    of = dict(tree or {})
    rows = list(zip(people["id"], people["site"], people["sex"], strict=True))
    sites = sorted({row[1] for row in rows}) + sorted(set(of.values())) + ["Total"]
    shown = {}
    for site, sex in itertools.product(sites, ["F", "M", "Total"]):
        inside = [
            person
            for person, here, who in rows
            if site in (here, of.get(here), "Total") and sex in (who, "Total")
        ]
        shown[site, sex] = looked_up(len(inside), sum(map(record_key, inside)) % 2**32)
    return shown


def test_the_specification_by_the_standard_library():
    assert record_key("9990000018", "DSA-2026-014", "nhs_number") == 3751002963
    assert cells(perturbed(margins="all"), "site", "sex") == expected()
    of_tree = cells(perturbed(margins="all", hierarchies=TREE), "site", "sex")
    assert of_tree == expected(tree=TREE["site"])
    true = cells(ig.frequency_table(PEOPLE, by=["site", "sex"]), "site", "sex")
    changes = [of_tree[cell] - count for cell, count in true.items()]
    assert any(changes)
    assert max(map(abs, changes)) <= 5


def test_the_same_people_have_the_same_noise_in_every_table():
    whole = cells(perturbed(margins="all"), "site", "sex")
    alone = cells(perturbed(by="sex"), "sex")
    assert alone == {(sex,): whole["Total", sex] for sex in "FM"}
    turned = {name: values[::-1] for name, values in PEOPLE.items()}
    assert cells(perturbed(turned, margins="all"), "site", "sex") == whole
    renamed = {**PEOPLE, "place": ["x" + site for site in PEOPLE["site"]]}
    other = cells(perturbed(renamed, by=["sex", "place"]), "place", "sex")
    assert other == {("x" + site, sex): whole[site, sex] for site, sex in itertools.product("ABC", "FM")}


def test_key_context_and_kind_change_the_noise():
    many = {"id": [f"P{n}" for n in range(900)], "cell": [str(n % 90) for n in range(900)]}
    first = perturbed(many, by="cell")["n"]
    for change in ({"key": make_key("other", RAW[::-1])}, {"context": "C-2027"}, {"kind": "person"}):
        assert perturbed(many, by="cell", **change)["n"] != first
    assert perturbed(many, by="cell")["n"] == first


@pytest.mark.parametrize("unpublished", [0, 1, 3])
def test_the_noise_is_unbiased_and_of_the_variance_asked_for(unpublished):
    noise = ig.PerturbationTable(max_noise=8, variance=3, unpublished=unpublished, bits=9)
    for count, row in noise.rows():
        assert sum(units for _, units in row) == 512
        assert sum(value * units for value, units in row) == 0
        variance = Fraction(sum(value**2 * units for value, units in row), 512)
        assert variance == 3 or count <= unpublished
        shown = [count + value for value, units in row if units]
        assert min(shown) >= 0
        assert not set(shown) & set(range(1, unpublished + 1))


def test_numbers_are_one_person_however_written():
    spaced = [f"{number[:3]} {number[3:6]} {number[6:]}" for number in NUMBERS]
    settings = {"by": "site", "kind": "nhs_number"}
    people = {"id": NUMBERS, "site": ["A"] * len(NUMBERS)}
    assert perturbed({**people, "id": spaced}, **settings) == perturbed(people, **settings)
    with pytest.raises(ig.PolicyError) as caught:
        perturbed({"id": [NUMBERS[0], spaced[0]], "site": ["A", "B"]}, **settings)
    assert caught.value.code == "policy.duplicate_person"
    assert caught.value.context == {"first": "1", "second": "2"}
    assert not find_secrets(caught.value)


def test_every_kind_of_table():
    wanted = perturbed()["n"]
    frame = perturbed(pl.DataFrame(PEOPLE))
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == ["site", "sex", "n"]
    assert frame["n"].to_list() == wanted
    table = perturbed(pd.DataFrame(PEOPLE))
    assert isinstance(table, pd.DataFrame)
    assert list(table["n"]) == wanted
    if find_spec("pyarrow"):
        assert perturbed(pl.DataFrame(PEOPLE).to_arrow())["n"].to_pylist() == wanted
    assert perturbed(table=None, max_noise=5, variance=2, unpublished=2)["n"] == wanted


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"table": None}, "misuse.argument"),
        ({"table": 5}, "misuse.argument"),
        ({"max_noise": 5}, "misuse.argument"),
        ({"table": None, "max_noise": 50, "variance": 2}, "misuse.argument"),
        ({"table": None, "max_noise": "5", "variance": 2}, "misuse.argument"),
        ({"key": None}, "misuse.argument"),
        ({"key": RAW}, "misuse.argument"),
        ({"context": ""}, "misuse.argument"),
        ({"kind": 5}, "misuse.argument"),
        ({"person": "nobody"}, "misuse.column_missing"),
        ({"margins": "given"}, "policy.margins_unavailable"),
        ({"hierarchies": TREE}, "policy.margins_unavailable"),
        ({"total": "A"}, "policy.total_row_found"),
        ({"kind": "nhs_number"}, "identifier.invalid_cells"),
        ({"people": {**PEOPLE, "id": [None, *PEOPLE["id"][1:]]}}, "identifier.invalid_cells"),
    ],
)
def test_refusals_show_nothing(change, code):
    people = change.get("people", PEOPLE)
    people = {**people, "sex": [NUMBER, *people["sex"][1:]]}
    with pytest.raises(ig.IgError) as caught:
        perturbed(**{**change, "people": people})
    assert caught.value.code == code
    assert not find_secrets(caught.value)
