#!/usr/bin/env python3
"""The least value of secondary cells that protects a small table, proved by an integer program (SciPy with HiGHS).

    python -m pip install scipy && python tests/independent/make_suppression_optimum.py [FOLDER]

writes tests/vectors/suppression_optimum.json: seeded random tables, and those of 300 cells or fewer in FOLDER (one
folder a table with cells.csv and hier_1.csv, ...). The criterion: a reader who knows the published cells and that
each hidden cell is at least 1 (zeros are shown) cannot narrow a count from 1 to 4 to fewer than three whole numbers,
by the linear range rounded inward. Cutting planes after Fischetti and Salazar-Gonzalez (2001): the duals of a cell's two
linear programs bound its range by a sum over the hidden cells, and that sum must reach 2.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

OUT = Path(__file__).resolve().parent.parent / "vectors" / "suppression_optimum.json"
WIDTH = 2  # Three whole numbers.
SECONDS = 40


def laid_out(trees, inner):
    """Cells of the full cross with their counts, and the equations."""
    parts = [{}, *[{} for _ in trees[1:]]]
    for place, tree in enumerate(trees):
        for parent, child in tree:
            parts[place].setdefault(parent, []).append(child)
    labels = [list(dict.fromkeys(x for pair in tree for x in pair)) for tree in trees]
    cells = {key: number for number, key in enumerate(itertools.product(*labels))}

    def leaves(place, label):
        below = parts[place].get(label)
        return [label] if below is None else [leaf for part in below for leaf in leaves(place, part)]

    of = [{label: leaves(place, label) for label in labels[place]} for place in range(len(trees))]
    counts = np.array(
        [
            sum(inner.get(key, 0) for key in itertools.product(*[of[p][x] for p, x in enumerate(cell)]))
            for cell in cells
        ]
    )
    rows = []
    for cell, number in cells.items():
        for place, label in enumerate(cell):
            if label in parts[place]:
                row = {number: -1.0}
                for part in parts[place][label]:
                    row[cells[(*cell[:place], part, *cell[place + 1 :])]] = 1.0
                rows.append(row)
    data = [(r, c, v) for r, row in enumerate(rows) for c, v in row.items()]
    r, c, v = zip(*data)
    return counts, csr_matrix((v, (r, c)), shape=(len(rows), len(cells)))


def side(matrix, counts, hidden, cell, sign):
    """The room of a cell upwards or downwards, and how much of it each cell gives if it is hidden."""
    n = len(counts)
    goal = np.zeros(n)
    goal[cell] = -sign
    low = np.where(counts == 0, 0, -(counts - 1)) * hidden
    high = 4.0 * WIDTH * hidden
    found = linprog(
        goal, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=np.column_stack([low, high]), method="highs"
    )
    assert found.status == 0, found.message
    reduced = -(goal - matrix.T @ found.eqlin.marginals)
    reduced[np.abs(reduced) < 1e-7] = 0
    # Upwards a hidden cell has no limit.
    gives = np.where(reduced > 0, 1e6, -reduced * np.maximum(counts - 1, 0))
    return -found.fun, gives


def cuts(matrix, counts, hidden, cell, whole):
    """A cut for a cell that is too narrow."""
    up, gives_up = side(matrix, counts, hidden, cell, 1)
    if up >= WIDTH - 1e-6:
        return None
    down, gives_down = side(matrix, counts, hidden, cell, -1)
    wide = up + down
    if wide < WIDTH - 1e-6:
        return np.minimum(gives_up + gives_down, WIDTH), WIDTH
    if whole and math.floor(up + 1e-6) + math.floor(down + 1e-6) < WIDTH:
        return ((gives_up + gives_down) * (hidden < 0.5) > 1e-7).astype(float), 1
    return None


def solve(counts, matrix):
    """The optimum, and whether it is proved."""
    primary = (counts >= 1) & (counts <= 4)
    fixed = counts == 0
    free = np.flatnonzero(~primary & ~fixed)
    if not primary.any():
        return 0, True
    rows, rights = [], []
    started = time.monotonic()

    def add(hidden, whole):
        before = len(rows)
        seen = set()
        for cell in np.flatnonzero(primary):
            cut = cuts(matrix, counts, hidden, cell, whole)
            if cut is None:
                continue
            gives, right = cut
            right = right - gives[primary].sum() * (right == WIDTH)
            if right <= 1e-6:
                gives, right = ((gives > 1e-7) & (hidden < 0.5)).astype(float), 1
                if not whole:
                    continue
            row = np.minimum(gives[free], right)
            # Rounded up, so that a cut never cuts too much.
            row = np.ceil(row * 1e5) / 1e5
            key = (row.tobytes(), round(right, 6))
            if key not in seen:
                seen.add(key)
                rows.append(row / right)
                rights.append(1 - 1e-6)
        return len(rows) - before

    cost = counts[free].astype(float) + 1e-4
    fractional = True
    while time.monotonic() - started < SECONDS:
        constraints = [LinearConstraint(np.array(rows), np.array(rights), np.inf)] if rows else []
        left = max(1.0, SECONDS - (time.monotonic() - started))
        found = milp(
            cost,
            constraints=constraints,
            bounds=Bounds(0, 1),
            integrality=np.zeros(len(free)) if fractional else np.ones(len(free)),
            options={"time_limit": left, "mip_rel_gap": 0},
        )
        if found.x is None or found.status != 0:
            return 0, False
        hidden = primary.astype(float)
        hidden[free] = found.x if fractional else np.round(found.x)
        if not add(hidden, not fractional):
            if not fractional:
                return int(counts[free][hidden[free] > 0.5].sum()), True
            fractional = False
    return 0, False


def seeded(number):
    """A random table of two or three dimensions, some with a level between, counts with a long tail."""
    pick = random.Random(number)
    trees = []
    for place in range(2 if number % 3 else 3):
        size = pick.randint(2, 3) if number % 3 == 0 else pick.randint(3, 6)
        leaves = [f"{'abc'[place]}{k}" for k in range(size)]
        if size > 3 and pick.random() < 0.5:
            tree = [("Total", "u"), ("Total", "v")]
            tree += [("uv"[k % 2], leaf) for k, leaf in enumerate(leaves)]
        else:
            tree = [("Total", leaf) for leaf in leaves]
        trees.append(tree)
    leaves = [[child for _, child in tree if child not in "uv"] for tree in trees]
    inner = {key: int(1.6 ** pick.uniform(-1, 9)) for key in itertools.product(*leaves)}
    return f"seed {number}", trees, inner


def read(folder):
    trees = []
    for number in range(1, 4):
        if (folder / f"hier_{number}.csv").exists():
            with (folder / f"hier_{number}.csv").open() as file:
                trees.append([(row["parent"], row["child"]) for row in csv.DictReader(file)])
    with (folder / "cells.csv").open() as file:
        lines = list(csv.reader(file))[1:]
    return folder.name, trees, {tuple(line[: len(trees)]): int(line[len(trees)]) for line in lines}


def main() -> None:
    tables = [seeded(number) for number in range(24)]
    if len(sys.argv) > 1:
        tables += [read(f) for f in sorted(Path(sys.argv[1]).iterdir()) if f.name.startswith("t")]
    out = []
    for name, trees, inner in tables:
        counts, matrix = laid_out(trees, inner)
        started = time.monotonic()
        optimum, proved = solve(counts, matrix)
        print(
            name,
            len(counts),
            int(((counts > 0) & (counts < 5)).sum()),
            optimum,
            proved,
            round(time.monotonic() - started, 1),
            flush=True,
        )
        names = [f"d{place + 1}" for place in range(len(trees))]
        out.append(
            {
                "name": name,
                "dimensions": names,
                "hierarchies": [[label, tree] for label, tree in zip(names, trees)],
                "keys": [[key[place] for key in inner] for place in range(len(trees))],
                "counts": list(inner.values()),
                "optimum": optimum,
                "proved": proved,
            }
        )
    OUT.write_text("[\n" + ",\n".join(json.dumps(table) for table in out) + "\n]\n")


if __name__ == "__main__":
    main()
