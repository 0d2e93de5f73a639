#!/usr/bin/env python3
"""The least value of secondary cells that protects a small table, proved by an integer program (HiGHS).

    python -m pip install highspy numpy && python tests/independent/make_suppression_optimum.py [SECONDS [FOLDER]]

writes tests/vectors/suppression_optimum.json: seeded random tables of up to 300 cells, totals included, and those in
FOLDER (one folder a table with cells.csv and hier_1.csv, ...). SECONDS is spent on each table and criterion at most;
where no optimum is proved by then, `bound` is what no pattern can go below and `best` the cheapest that was found.
What earlier runs left in the file about the same tables is kept where it is better.

Criterion `ranges`: a reader who knows the published cells and that each hidden cell is at least 1 (zeros are shown)
cannot narrow a count from 1 to 4 to fewer than three whole numbers, by the linear range rounded inward. Criterion
`people`, what `suppress` asks at level interval: also, by sums, nobody in a primary cell of 1 or 2 who knows that cell
can compute another primary cell, and all people in primary cells of 1 together cannot compute one of the others;
except what they can even if everything but zeros is hidden.

Hiding more never makes a table less safe by any of these. So what fails is a set of published cells of which one must
be hidden, and the cheapest pattern is the cheapest set of cells that meets all such sets. They are found one by one,
by linear programs whose duals bound a cell (Fischetti and Salazar-Gonzalez 2001), each is made as small as it can be,
and each is checked again with everything else hidden before it is used.
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

import highspy
import numpy as np

OUT = Path(__file__).resolve().parent.parent / "vectors" / "suppression_optimum.json"
WIDTH = 2  # Three whole numbers.
SECONDS = 60.0
NEAR = 1e-6


def laid_out(trees, inner):
    """Cells of the full cross with their counts, and the equations. Each dimension has one or more trees."""
    parts, labels = [], []
    for of in trees:
        parts.append([{} for _ in of])
        for below, tree in zip(parts[-1], of):
            for parent, child in tree:
                below.setdefault(parent, []).append(child)
        labels.append(list(dict.fromkeys(x for tree in of for pair in tree for x in pair)))
    cells = {key: number for number, key in enumerate(itertools.product(*labels))}

    def leaves(place, label):
        for below in parts[place]:
            if label in below:
                return [leaf for part in below[label] for leaf in leaves(place, part)]
        return [label]

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
            for below in parts[place]:
                if label in below:
                    row = {number: -1.0}
                    for part in below[label]:
                        row[cells[(*cell[:place], part, *cell[place + 1 :])]] = 1.0
                    rows.append(row)
    return counts, rows


def quiet():
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    return solver


class Judge:
    """What is wrong with a pattern, and the sets of cells of which one must be hidden."""

    def __init__(self, counts, rows, people):
        self.counts = counts
        self.size = len(counts)
        self.matrix = np.zeros((len(rows), self.size))
        for number, row in enumerate(rows):
            for cell, factor in row.items():
                self.matrix[number, cell] = factor
        self.primary = (counts >= 1) & (counts <= 4)
        self.free = counts > 4
        self.targets = [int(c) for c in np.flatnonzero(self.primary)]
        self.own = [c for c in self.targets if people and counts[c] <= 2]
        self.alone = [c for c in self.targets if people and counts[c] == 1]
        self.lower = np.where(counts > 0, -(counts - 1.0), 0.0)
        self.upper = np.where(counts > 0, 4.0 * WIDTH, 0.0)
        self.costs = np.zeros(self.size)
        self.index = np.arange(self.size, dtype=np.int32)
        self.lp = quiet()
        self.lp.setOptionValue("presolve", "off")
        for _ in range(self.size):
            self.lp.addVar(0.0, 0.0)
        for row in rows:
            cells = np.array(sorted(row), dtype=np.int32)
            self.lp.addRow(0.0, 0.0, len(cells), cells, np.array([row[c] for c in sorted(row)]))
        self.goal = None
        self.pairs, self.pooled = set(), set()
        everything = counts > 0
        self.unavoidable = set(self.insiders(everything, ())) if people else set()

    # Linear programs.

    def most(self, cell, sign, low, high):
        """The most that a cell can move, and the multiples of all cells in the dual bound."""
        if self.goal is not None:
            self.lp.changeColCost(self.goal[0], 0.0)
        self.lp.changeColCost(cell, -float(sign))
        self.goal = (cell, sign)
        self.lp.changeColsBounds(self.size, self.index, low, high)
        self.lp.run()
        if self.lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.lp.clearSolver()
            self.lp.run()
        assert self.lp.getModelStatus() == highspy.HighsModelStatus.kOptimal
        dual = np.array(self.lp.getSolution().col_dual)
        dual[np.abs(dual) < 1e-7] = 0
        return -self.lp.getInfo().objective_function_value, dual

    def room(self, cell, hidden):
        low, high = self.lower * hidden, self.upper * hidden
        up, dual_up = self.most(cell, 1, low, high)
        if up >= WIDTH - NEAR:
            return WIDTH, None
        down, dual_down = self.most(cell, -1, low, high)
        return math.floor(up + NEAR) + math.floor(down + NEAR), (dual_up != 0) | (dual_down != 0)

    def reach(self, cell, known, weight):
        """How far a cell can move while what is known stays, every other one within its weight."""
        low, high = -weight, weight.copy()
        for other in known:
            low[other] = high[other] = 0.0
        low[cell], high[cell] = -10.0, 10.0
        return self.most(cell, 1, low, high)

    # The insiders, by the kernel of the published sums.

    def kernel(self, hidden, known):
        at = np.flatnonzero(hidden)
        rows = [self.matrix[:, at]]
        if known:
            rows.append(np.array([(at == c).astype(float) for c in known]))
        _, sizes, right = np.linalg.svd(np.vstack(rows), full_matrices=True)
        rank = int((sizes > 1e-9).sum())
        kernel = np.zeros((self.size, len(at) - rank))
        kernel[at] = right[rank:].T
        return kernel

    def insiders(self, hidden, unavoidable):
        """Violations: (cell, those who know their own)."""
        found = []
        kernel = self.kernel(hidden, [])
        norms = np.linalg.norm(kernel, axis=1)
        for own in self.own:
            if norms[own] < 1e-8:
                continue
            for cell in self.targets:
                if cell != own and norms[cell] > 1e-8:
                    one, other = kernel[own] / norms[own], kernel[cell] / norms[cell]
                    if min(np.abs(one - other).max(), np.abs(one + other).max()) < 1e-7:
                        found.append((cell, (own,)))
        if self.alone:
            pooled = np.linalg.norm(self.kernel(hidden, self.alone), axis=1)
            known = set(self.alone)
            found += [(c, tuple(self.alone)) for c in self.targets if c not in known and pooled[c] < 1e-8]
        return [one for one in found if one not in unavoidable]

    def fails(self, kind, cell, known, hidden):
        """Whether this criterion fails with these cells hidden."""
        if kind == "range":
            return self.room(cell, hidden)[0] < WIDTH
        return self.reach(cell, known, 10.0 * hidden)[0] < 1e-6

    # Cuts.

    def violations(self, hidden):
        found = []
        for cell in self.targets:
            room, support = self.room(cell, hidden)
            if room < WIDTH:
                found.append(("range", cell, (), support))
        bad = {cell for _, cell, _, _ in found}
        if self.own:
            for cell, known in self.insiders(hidden, self.unavoidable):
                self.pairs.add((cell, known))
                # What the numbers outside give away is not the insiders' doing.
                if cell not in bad or len(known) > 1:
                    weight = np.where(hidden > 0.5, 10.0, np.where(self.free, 1e-3, 0.0))
                    found.append(("insider", cell, known, self.reach(cell, known, weight)[1] != 0))
        return found

    def smallest(self, kind, cell, known, support, hidden):
        """The fewest of the supporting cells of which one must be hidden; None if the support was none."""
        cut = [int(c) for c in np.flatnonzero(support & self.free & (hidden < 0.5))]
        pattern = (self.counts > 0).astype(float)
        pattern[cut] = 0.0
        if not self.fails(kind, cell, known, pattern):
            cut = [int(c) for c in np.flatnonzero(self.free & (hidden < 0.5))]
            pattern[cut] = 0.0
            if not self.fails(kind, cell, known, pattern):
                return None
        for other in sorted(cut, key=lambda c: (self.counts[c], c)):
            pattern[other] = 1.0
            if self.fails(kind, cell, known, pattern):
                cut.remove(other)
            else:
                pattern[other] = 0.0
        return tuple(sorted(cut))

    def fractional(self, x, seconds_end):
        """Cuts that a fractional solution violates."""
        cuts = set()
        weight = np.where(self.primary, 10.0, np.where(self.free, x, 0.0))
        asked = [("range", cell, ()) for cell in self.targets]
        asked += [("insider", cell, known) for cell, known in sorted(self.pairs)]
        for kind, cell, known in asked:
            if time.monotonic() > seconds_end:
                break
            if kind == "range":
                low = np.where(self.free, np.maximum(self.lower, -WIDTH) * x, self.lower)
                high = np.where(self.free, WIDTH * x, self.upper)
                up, dual_up = self.most(cell, 1, low, high)
                if up >= WIDTH - 1e-3:
                    continue
                down, dual_down = self.most(cell, -1, low, high)
                if up + down >= WIDTH - 1e-3:
                    continue
                support = (dual_up != 0) | (dual_down != 0)
            else:
                far, dual = self.reach(cell, known, weight)
                if far >= 1 - 1e-3:
                    continue
                support = dual != 0
            if x[support & self.free].sum() < 1 - 1e-3:
                cut = self.smallest(kind, cell, known, support, np.zeros(self.size))
                if cut:
                    cuts.add(cut)
        return cuts


class Program:
    """The cheapest set of cells that meets all cuts so far."""

    def __init__(self, judge):
        self.judge = judge
        self.place = {int(c): n for n, c in enumerate(np.flatnonzero(judge.free))}
        self.cuts = set()
        self.model = quiet()
        for cell in self.place:
            self.model.addVar(0.0, 1.0)
            self.model.changeColCost(self.place[cell], float(judge.counts[cell]))

    def add(self, cuts):
        new = sorted(set(cuts) - self.cuts)
        for cut in new:
            at = np.array([self.place[c] for c in cut], dtype=np.int32)
            self.model.addRow(1.0, highspy.kHighsInf, len(at), at, np.ones(len(at)))
        self.cuts.update(new)
        return len(new)

    def solve(self, whole, seconds, gap, start=None):
        """The pattern and a bound that no pattern is below."""
        kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        n = len(self.place)
        self.model.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.array([kind] * n))
        self.model.setOptionValue("time_limit", self.model.getRunTime() + max(seconds, 1.0))
        self.model.setOptionValue("mip_rel_gap", gap)
        if whole and start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = [float(start[c]) for c in self.place]
            self.model.setSolution(solution)
        self.model.run()
        info = self.model.getInfo()
        bound = info.mip_dual_bound if whole else info.objective_function_value
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal and not whole:
            return None, 0
        x = np.zeros(self.judge.size)
        values = np.array(self.model.getSolution().col_value)
        if len(values) != n:
            return None, bound
        x[list(self.place)] = np.round(values) if whole else values
        return x, bound


def cost(judge, hidden):
    return int(judge.counts[(hidden > 0.5) & judge.free].sum())


def completed(judge, program, hidden):
    """Hides more until nothing fails, with a cut for all that failed; then publishes again what need not be hidden."""
    hidden = hidden.copy()
    added = 0
    while True:
        cuts = set()
        for kind, cell, known, support in judge.violations(hidden):
            cut = judge.smallest(kind, cell, known, support, hidden)
            if cut:
                cuts.add(cut)
        if not cuts:
            break
        added += program.add(cuts)
        for cut in sorted(cuts, key=lambda cut: (len(cut), cut)):
            if not any(hidden[c] > 0.5 for c in cut):
                hidden[min(cut, key=lambda c: (judge.counts[c], c))] = 1.0
    return hidden, added


def solve(counts, rows, people, seconds):
    """The best pattern found, a bound, and whether they are one."""
    judge = Judge(counts, rows, people)
    if not judge.targets:
        return 0, 0, True
    started = time.monotonic()
    end = started + seconds
    program = Program(judge)
    hidden = judge.primary.astype(float)
    best, _ = completed(judge, program, hidden)
    bound = 0.0
    while time.monotonic() < end:
        x, low = program.solve(False, end - time.monotonic(), 0)
        if x is None:
            break
        bound = max(bound, low)
        if not program.add(judge.fractional(x, end)):
            break
    gap = 0.02
    while time.monotonic() < end:
        x, low = program.solve(True, end - time.monotonic(), gap, best)
        bound = max(bound, low)
        if x is None:
            break
        full, added = completed(judge, program, np.where(judge.primary, 1.0, x))
        if cost(judge, full) < cost(judge, best):
            best = full
        if math.ceil(bound - 1e-6) >= cost(judge, best):
            break
        if not added:
            if gap == 0:
                break
            gap = 0.0
        # Cuts that the continuous program violates again cost little and help much.
        for _ in range(3):
            x, low = program.solve(False, end - time.monotonic(), 0)
            if x is None or not program.add(judge.fractional(x, end)):
                break
    bound = math.ceil(bound - 1e-6)
    best = cost(judge, best)
    return best, min(bound, best), bound >= best


def leaves_of(trees):
    parents = {parent for tree in trees for parent, _ in tree}
    return list(dict.fromkeys(child for tree in trees for _, child in tree if child not in parents))


def filled(pick, trees):
    inner = {key: int(1.6 ** pick.uniform(-1, 9)) for key in itertools.product(*map(leaves_of, trees))}
    return trees, inner


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
        trees.append([tree])
    return f"seed {number}", *filled(pick, trees)


# The categories of each level below the total, for each dimension, and of a second hierarchy of the first.
SHAPES = {
    "two_way_80": ([[3, 9], [5]], None),
    "two_way_120": ([[3, 10], [2, 5]], None),
    "two_way_200": ([[4, 14], [3, 7]], None),
    "two_way_300": ([[4, 22], [3, 7]], None),
    "flat_200": ([[15], [12]], None),
    "flat_300": ([[19], [14]], None),
    "three_way_80": ([[4], [3], [3]], None),
    "three_way_120": ([[3, 6], [3], [2]], None),
    "three_way_200": ([[3, 7], [5], [2]], None),
    "three_way_300": ([[3, 8], [2, 5], [2]], None),
    "overlap_80": ([[3, 9], [4]], 2),
    "overlap_120": ([[3, 9], [2, 5]], 2),
    "overlap_200": ([[4, 15], [2, 5]], 4),
    "overlap_300": ([[5, 18], [2, 7]], 4),
}


def shaped(name):
    pick = random.Random(name)
    levels, second = SHAPES[name]
    trees = []
    for letter, sizes in zip("abc", levels):
        above, tree = ["Total"], []
        for level, size in enumerate(sizes):
            here = [f"{letter}{level}_{k}" for k in range(size)]
            tree += [
                (above[k] if k < len(above) else pick.choice(above), child) for k, child in enumerate(here)
            ]
            above = here
        trees.append([tree])
    if second:
        zones = [f"z{k}" for k in range(second)]
        tree = [("Total", zone) for zone in zones]
        leaves = leaves_of(trees[0])
        tree += [(zones[k] if k < second else pick.choice(zones), leaf) for k, leaf in enumerate(leaves)]
        trees[0].append(tree)
    return name, *filled(pick, trees)


def read(folder):
    trees = []
    for number in range(1, 4):
        if (folder / f"hier_{number}.csv").exists():
            with (folder / f"hier_{number}.csv").open() as file:
                trees.append([[(row["parent"], row["child"]) for row in csv.DictReader(file)]])
    with (folder / "cells.csv").open() as file:
        lines = list(csv.reader(file))[1:]
    return folder.name, trees, {tuple(line[: len(trees)]): int(line[len(trees)]) for line in lines}


def as_json(value):
    return json.loads(json.dumps(value))


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    tables = [seeded(number) for number in range(24)]
    if len(sys.argv) > 2:
        tables += [read(f) for f in sorted(Path(sys.argv[2]).iterdir()) if f.name.startswith("t")]
    tables += [shaped(name) for name in SHAPES]
    before = {}
    if OUT.exists():
        before = {table["name"]: table for table in json.loads(OUT.read_text())}
    out = []
    for name, trees, inner in tables:
        counts, rows = laid_out(trees, inner)
        names = [f"d{place + 1}" for place in range(len(trees))]
        entry = {
            "name": name,
            "cells": len(counts),
            "dimensions": names,
            "hierarchies": [[label, tree] for label, of in zip(names, trees) for tree in of],
            "keys": [[key[place] for key in inner] for place in range(len(trees))],
            "counts": list(inner.values()),
        }
        for criterion in ("ranges", "people"):
            started = time.monotonic()
            best, bound, proved = solve(counts, rows, criterion == "people", seconds)
            # What an earlier run proved about the same table still holds.
            known = before.get(name, {})
            if all(known.get(part) == as_json(entry[part]) for part in ("hierarchies", "keys", "counts")):
                best = min(best, known[criterion]["best"])
                bound = max(bound, known[criterion]["bound"])
                proved = bound >= best
            entry[criterion] = {"best": best, "bound": bound, "proved": proved}
            small = int(((counts > 0) & (counts < 5)).sum())
            spent = round(time.monotonic() - started, 1)
            print(name, len(counts), small, criterion, best, bound, proved, spent, flush=True)
        out.append(entry)
        OUT.write_text("[\n" + ",\n".join(json.dumps(table) for table in out) + "\n]\n")


if __name__ == "__main__":
    main()
