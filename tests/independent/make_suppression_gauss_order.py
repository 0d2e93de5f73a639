"""Writes tests/vectors/suppression_gauss_order.json from a recording of GaussSuppression 1.2.3 (R).

usage: make_suppression_gauss_order.py FOLDER, which holds cells.csv, hier_1.csv to hier_3.csv and the recorded
gauss_candidate_order.csv and gauss_pattern_no_ones_rule.csv of one three-way table.
"""

import csv
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
target = Path(__file__).parent.parent / "vectors" / "suppression_gauss_order.json"


def rows(name):
    with open(folder / name, newline="") as file:
        return list(csv.DictReader(file))


places, sums, parents = [], [], []
for number in (1, 2, 3):
    place, parts, parent = {}, {}, {}
    for row in rows(f"hier_{number}.csv"):
        total, part = (place.setdefault(row[side], len(place)) for side in ("parent", "child"))
        parts.setdefault(total, []).append(part)
        parent[part] = total
    places.append(place)
    sums.append(parts)
    parents.append(parent)


def cell(labels):
    number = 0
    for place, label in zip(places, labels):
        number = number * len(place) + place[label]
    return number


def upwards(dimension, category):
    while category is not None:
        yield category
        category = parents[dimension].get(category)


widths = [len(place) for place in places]
counts = [0] * (widths[0] * widths[1] * widths[2])
for row in rows("cells.csv"):
    here = [places[k][row[f"d{k + 1}"]] for k in range(3)]
    for i in upwards(0, here[0]):
        for j in upwards(1, here[1]):
            for k in upwards(2, here[2]):
                counts[(i * widths[1] + j) * widths[2] + k] += int(row["n"])

keys = ("d1", "d2", "d3")
order = [cell([row[key] for key in keys]) for row in rows("gauss_candidate_order.csv")]
pattern = [(cell([row[key] for key in keys]), row) for row in rows("gauss_pattern_no_ones_rule.csv")]
assert all(counts[number] == int(row["n"]) for number, row in pattern)
vector = {
    "schema": "nhs-ig/vectors/suppression_gauss_order/v1",
    "dimensions": [
        {"categories": wide, "sums": [[total, *parts] for total, parts in found.items()]}
        for wide, found in zip(widths, sums)
    ],
    "counts": counts,
    "order": order,
    "primary": sorted(number for number, row in pattern if row["status"] == "P"),
    "secondary": sorted(number for number, row in pattern if row["status"] == "S"),
}
lines = ",\n".join(
    f"  {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in vector.items()
)
target.write_text("{\n" + lines + "\n}\n")
