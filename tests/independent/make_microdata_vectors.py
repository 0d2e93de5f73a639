"""Make the microdata vectors from the definitions, with the standard library alone.

    python3 tests/independent/make_microdata_vectors.py          compare with the files
    python3 tests/independent/make_microdata_vectors.py --write  write them

Classes are counted with `Counter` and shares are exact fractions; every combination of levels is weighed, none is
passed over. Nothing is shared with the library.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import product
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
NUMERIC = {"integer", "float", "date"}


def classes_of(columns: dict, by: list[str]) -> list[tuple]:
    """Return the class of every row: the tuple of its values."""
    return list(zip(*(columns[name]["values"] for name in by), strict=True))


def measure(columns: dict, by: list[str], sensitive: list[str], k: int, distance: str = "auto") -> dict:
    """Return every figure of a table."""
    keys = classes_of(columns, by)
    sizes = Counter(keys)
    return {
        "rows": len(keys),
        "classes": len(sizes),
        "k": min(sizes.values()),
        "uniques": sum(size == 1 for size in sizes.values()),
        "classes_below": sum(size < k for size in sizes.values()),
        "rows_below": sum(sizes[key] < k for key in keys),
        "histogram": sorted([size, many] for size, many in Counter(sizes.values()).items()),
        "at_risk": [sizes[key] < k for key in keys],
        "sensitive": [measure_sensitive(columns, keys, name, distance) for name in sensitive],
    }


def measure_sensitive(columns: dict, keys: list[tuple], name: str, distance: str) -> dict:
    """Return l and t of one column."""
    values = columns[name]["values"]
    in_class = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        in_class[key].append(value)
    can_order = columns[name]["type"] in NUMERIC and None not in values
    ordered = can_order and distance != "equal"
    domain = sorted(set(values)) if ordered else list(dict.fromkeys(values))
    share = {value: Fraction(count, len(values)) for value, count in Counter(values).items()}
    distances, entropies = [], []
    for inside in in_class.values():
        own = {value: Fraction(count, len(inside)) for value, count in Counter(inside).items()}
        gaps = [own.get(value, Fraction(0)) - share[value] for value in domain]
        if not ordered:
            distances.append(sum(map(abs, gaps)) / 2)
        elif len(domain) == 1:
            distances.append(Fraction(0))
        else:
            running = [sum(gaps[: place + 1]) for place in range(len(domain))]
            distances.append(sum(map(abs, running)) / (len(domain) - 1))
        entropies.append(-math.fsum(float(p) * math.log(p) for p in own.values()))
    return {
        "column": name,
        "values": len(domain),
        "l_distinct": min(len(set(inside)) for inside in in_class.values()),
        "l_entropy": math.exp(min(entropies)),
        "t": float(max(distances)),
        "distance": "ordered" if ordered else "equal",
    }


def show(level: object, value: object) -> object:
    """Return what a level makes of a value; only which values fall together counts."""
    if level == "omit":
        return "omitted"
    if level == "keep" or value is None:
        return value
    act = level["act"]
    if act == "age_band":
        low = min(value // level["width"] * level["width"], level["top"])
        return f"from {low}"
    if act == "generalise_date":
        year, month = int(value[:4]), int(value[5:7])
        if level["to"] == "quarter":
            return f"{year} {(month + 2) // 3}"
        return {"month": value[:7], "year": value[:4]}[level["to"]]
    if act == "postcode":
        outward, inward = value.split(" ")
        area = outward.rstrip("0123456789")
        return {"sector": f"{outward} {inward[0]}", "district": outward, "area": area}[level["to"]]
    if act == "redact":
        return "hidden"
    raise ValueError(act)


def suggestions(columns: dict, levels: dict, k: int, share: float, order_by: str) -> list[dict]:
    """Weigh every combination of levels, and keep those that can be best."""
    names, rows = list(levels), len(next(iter(columns.values()))["values"])
    reached = {}
    for steps in product(*(range(len(levels[name])) for name in names)):
        shown = [
            [show(levels[name][step], value) for value in columns[name]["values"]]
            for name, step in zip(names, steps, strict=True)
        ]
        sizes = Counter(zip(*shown, strict=True)).values()
        below = sum(size for size in sizes if size < k)
        if below / rows > share:
            continue
        kept = [size for size in sizes if size >= k]
        climbed = [
            Fraction(step, len(levels[name]) - 1) if step else Fraction(0)
            for name, step in zip(names, steps, strict=True)
        ]
        reached[steps] = {
            "steps": list(steps),
            "k": min(kept),
            "classes": len(kept),
            "rows_withheld": below,
            "height": sum(steps),
            "precision_loss": sum(climbed) / len(names),
            "discernibility": sum(size * size for size in kept) + below * rows,
        }
    if order_by == "precision" or share == 0:
        finer = lambda one, two: one != two and all(a <= b for a, b in zip(one, two, strict=True))  # noqa: E731
        reached = {
            steps: node
            for steps, node in reached.items()
            if not any(finer(other, steps) for other in reached)
        }
    losses = ["precision_loss", "rows_withheld", "discernibility"]
    if order_by == "discernibility":
        losses.reverse()
    found = sorted(reached.values(), key=lambda node: ([node[loss] for loss in losses], node["steps"]))
    return [{**node, "precision_loss": float(node["precision_loss"])} for node in found]


def column(kind: str, values: list) -> dict:
    """Return one column of a vector."""
    return {"type": kind, "values": values}


def generated(seed: int, rows: int) -> dict:
    """Return a table of many types, with missing values."""
    draw = random.Random(seed)
    pick = lambda choices: choices[int(draw.random() * len(choices))]  # noqa: E731
    longer = "a text that is longer than fifteen bytes, number "
    return {
        "sex": column("text", [pick(["F", "M", None, ""]) for _ in range(rows)]),
        "age": column("integer", [pick([30, 31, 47, None, -1]) for _ in range(rows)]),
        "weight": column("float", [pick([60.5, 71.25, 0.0, -2.5]) for _ in range(rows)]),
        "born": column("date", [pick(["1950-02-28", "1999-12-31", None]) for _ in range(rows)]),
        "carer": column("boolean", [pick([True, False, None]) for _ in range(rows)]),
        "site": column("text", [longer + pick(["1", "2"]) for _ in range(rows)]),
        "diagnosis": column("text", [pick(["I10", "E11", "J45", None]) for _ in range(rows)]),
        "score": column("integer", [pick([3, 1, 4, 15, 9, 2, 6]) for _ in range(rows)]),
    }


def risk_vectors() -> list[dict]:
    """Return tables with their figures, and tables that are refused."""
    paper = {
        "zip": column("text", ["476**"] * 3 + ["4790*"] * 3 + ["476**"] * 3),
        "age": column("text", ["2*"] * 3 + [">=40"] * 3 + ["3*"] * 3),
        "salary": column("integer", [3, 4, 5, 6, 11, 8, 7, 9, 10]),
        "disease": column(
            "text",
            ["gastric ulcer", "gastritis", "stomach cancer"]
            + ["gastritis", "flu", "bronchitis", "bronchitis", "pneumonia", "stomach cancer"],
        ),
    }
    cases = [
        ("li_2007_table_3", paper, ["zip", "age"], ["salary", "disease"], 4, "auto"),
        ("li_2007_table_3_equal", paper, ["zip", "age"], ["salary"], 3, "equal"),
        ("one_row", {"a": column("text", ["x"])}, ["a"], [], 2, "auto"),
        ("one_class", {"a": column("text", ["x"] * 7), "s": column("integer", [5] * 7)}, ["a"], ["s"], 7, "auto"),
        ("all_missing", {"a": column("text", [None] * 3), "b": column("integer", [1, 1, 2])}, ["a", "b"], [], 2, "auto"),
        ("missing_is_a_value", {"a": column("text", ["", None, "", None])}, ["a"], [], 2, "auto"),
        (
            "not_the_same_when_joined",
            {"a": column("text", ["ab", "a"]), "b": column("text", ["c", "bc"])},
            ["a", "b"], [], 2, "auto",
        ),
    ]  # fmt: skip
    every = ["sex", "age", "weight", "born", "carer", "site"]
    for seed, (rows, width) in enumerate([(12, 2), (40, 3), (60, 4), (90, 5), (120, 6), (200, 1)]):
        cases.append(
            (f"generated_{seed}", generated(seed, rows), every[:width], ["diagnosis", "score"], 3, "auto")
        )
    cases.append(("ordered", generated(9, 50), ["sex", "carer"], ["score"], 5, "ordered"))
    made = []
    for name, columns, by, sensitive, k, distance in cases:
        used = {one: columns[one] for one in [*by, *sensitive]}
        settings = {"by": by, "sensitive": sensitive, "k": k, "distance": distance}
        expected = measure(used, by, sensitive, k, distance)
        made.append({"name": name, "columns": used, **settings, "expected": expected})
    small = {"a": column("text", ["x", "y"]), "n": column("integer", [1, None])}
    refused = [
        ("no_rows", {"a": column("text", [])}, ["a"], [], 5, "auto", "misuse.no_rows"),
        ("no_columns", small, [], [], 5, "auto", "misuse.argument"),
        ("named_twice", small, ["a", "a"], [], 5, "auto", "misuse.argument"),
        ("both_roles", small, ["a"], ["a"], 5, "auto", "misuse.argument"),
        ("not_there", small, ["b"], [], 5, "auto", "misuse.column_missing"),
        ("sensitive_not_there", small, ["a"], ["b"], 5, "auto", "misuse.column_missing"),
        ("k_of_one", small, ["a"], [], 1, "auto", "misuse.argument"),
        ("order_of_text", small, ["n"], ["a"], 5, "ordered", "misuse.column_type"),
        ("order_with_a_gap", small, ["a"], ["n"], 5, "ordered", "misuse.column_type"),
    ]
    for name, columns, by, sensitive, k, distance, code in refused:
        settings = {"by": by, "sensitive": sensitive, "k": k, "distance": distance}
        made.append({"name": name, "columns": columns, **settings, "error": code})
    return made


def band(width: int) -> dict:
    """Return the act of age bands."""
    return {"act": "age_band", "width": width, "top": 90 // width * width}


def suggest_vectors() -> list[dict]:
    """Return tables with ladders, and the combinations that reach k."""
    draw = random.Random(2026)
    pick = lambda choices: choices[int(draw.random() * len(choices))]  # noqa: E731
    rows = 160
    columns = {
        "age": column("integer", [18 + int(draw.random() * draw.random() * 85) for _ in range(rows)]),
        "postcode": column(
            "text",
            [f"{pick(['WN5', 'WN1', 'M14', 'M1'])} {pick('128')}{pick(['AB', 'QX'])}" for _ in range(rows)],
        ),
        "seen": column(
            "date",
            [f"20{pick(['24', '25'])}-{pick(['01', '02', '05', '11'])}-1{pick('0123')}" for _ in range(rows)],
        ),
        "sex": column("text", [pick(["F", "M", "F", "M", "F", None]) for _ in range(rows)]),
    }
    ladders = {
        "age": ["keep", band(5), band(10), band(20), "omit"],
        "postcode": [
            "keep",
            *({"act": "postcode", "to": to} for to in ("sector", "district", "area")),
            "omit",
        ],
        "seen": [*({"act": "generalise_date", "to": to} for to in ("month", "quarter", "year")), "omit"],
        "sex": ["keep", {"act": "redact"}, "omit"],
    }
    made = []
    for names, k, share, order_by in [
        (["age"], 3, 0.0, "precision"),
        (["age", "sex"], 5, 0.0, "precision"),
        (["age", "sex"], 5, 0.05, "precision"),
        (["age", "postcode", "sex"], 4, 0.0, "precision"),
        (["age", "postcode", "sex"], 4, 0.1, "discernibility"),
        (["age", "postcode", "seen", "sex"], 5, 0.0, "precision"),
        (["age", "postcode", "seen", "sex"], 5, 0.0, "discernibility"),
        (["age", "postcode", "seen", "sex"], 5, 0.2, "precision"),
        (["age", "postcode", "seen", "sex"], 10, 0.3, "discernibility"),
        (["postcode", "seen"], 2, 0.0, "precision"),
    ]:
        used = {name: columns[name] for name in names}
        levels = {name: ladders[name] for name in names}
        made.append(
            {
                "name": f"{'_'.join(names)}_{k}_{share}_{order_by}",
                "columns": used,
                "levels": levels,
                "k": k,
                "max_suppressed_share": share,
                "order_by": order_by,
                "expected": suggestions(used, levels, k, share, order_by),
            }
        )
    age = {"age": column("integer", [1, 2, 13, 14, 15])}
    for name, levels, k, share, code in [
        ("beyond_reach", {"age": ["keep", band(5)]}, 3, 0.0, "policy.k_not_reached"),
        ("not_nested", {"age": [band(10), band(15), "omit"]}, 2, 0.0, "policy.levels_not_nested"),
        ("not_ages", {"age": [{"act": "postcode", "to": "area"}]}, 2, 0.0, "misuse.column_type"),
        ("no_level", {"age": []}, 2, 0.0, "misuse.argument"),
        ("no_ladder", {}, 2, 0.0, "misuse.argument"),
        ("share_of_all", {"age": ["omit"]}, 2, 1.0, "misuse.argument"),
        ("k_of_one", {"age": ["omit"]}, 1, 0.0, "misuse.argument"),
    ]:
        settings = {"levels": levels, "k": k, "max_suppressed_share": share, "order_by": "precision"}
        made.append({"name": name, "columns": age, **settings, "error": code})
    return made


def main() -> None:
    """Write the files, or hold them against what they should be."""
    for name, made in (("microdata_risk", risk_vectors()), ("microdata_suggest", suggest_vectors())):
        path = VECTORS / f"{name}.json"
        text = "[\n" + ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in made) + "\n]\n"
        if "--write" in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} differs from what its definitions give")
        print(f"{path.name}: {len(made)} vectors")


if __name__ == "__main__":
    main()
