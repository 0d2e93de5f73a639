"""Suppressed tables attacked from their published view alone: SciPy's linear programs, and elimination in fractions."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import nhs_ig as ig
import polars as pl
import pytest

np = pytest.importorskip("numpy")
linprog = pytest.importorskip("scipy.optimize").linprog

# Threshold, and whether zeros are shown.
RULES = {"under5": (5, True), "under10": (10, True), "acro": (10, False), "uk_llc": (10, False)}
SHAPES = ("two-way", "three-way", "nested", "overlapping")
TABLES = list(itertools.product(range(7), SHAPES, ("exact", "interval"), RULES))


def _tree(leaves, groups, prefix):
    return [(f"{prefix}{k % groups}", leaf) for k, leaf in enumerate(leaves)]


def _make(seed, shape, *rest):
    """A long table of inner cells, and its hierarchies."""
    pick = random.Random(f"{seed} {shape} {rest}")
    sizes = {"two-way": (4, 4), "three-way": (3, 2, 2), "nested": (5, 3), "overlapping": (4, 2)}[shape]
    leaves = [[f"{'abc'[d]}{k}" for k in range(pick.randint(2, size))] for d, size in enumerate(sizes)]
    hierarchies = {}
    if shape in ("nested", "overlapping"):
        leaves[0] = [f"a{k}" for k in range(sizes[0])]
        hierarchies["a"] = _tree(leaves[0], 2, "up")
    if shape == "overlapping":
        other = leaves[0][1:] + leaves[0][:1]
        second = [(f"side{k // 2}", leaf) for k, leaf in enumerate(other)]
        hierarchies["a"] = [hierarchies["a"], second]
    keys = list(itertools.product(*leaves))
    counts = [int(1.7 ** pick.uniform(-1, 8)) for _ in keys]
    columns = {"abc"[d]: [key[d] for key in keys] for d in range(len(leaves))}
    return pl.DataFrame({**columns, "n": counts}), hierarchies


def _equations(table, hierarchies, dimensions):
    """For each equation its cells: the total, then the parts."""
    rows = {key: place for place, key in enumerate(zip(*[table[d] for d in dimensions], strict=True))}
    equations = []
    for d, name in enumerate(dimensions):
        trees = hierarchies.get(name, [])
        trees = [trees] if trees and isinstance(trees[0], tuple) else trees
        leaves = {key[d] for key in rows} - {"Total"} - {parent for tree in trees for parent, _ in tree}
        sums = [("Total", sorted(leaves))]
        for tree in trees:
            parents = sorted({parent for parent, _ in tree})
            sums += [(up, [child for parent, child in tree if parent == up]) for up in parents]
        for total, parts in sums:
            equations.extend(
                [rows[key], *[rows[(*key[:d], part, *key[d + 1 :])] for part in parts]]
                for key in rows
                if key[d] == total
            )
    return equations


def _by_sums(shown, equations):
    """The hidden cells that follow from the published ones: rows of one entry after elimination."""
    hidden = [cell for cell, count in enumerate(shown) if count is None]
    done: list[dict[int, Fraction]] = []
    for total, *parts in equations:
        row = {cell: Fraction(1) for cell in parts if cell in hidden}
        if total in hidden:
            row[total] = Fraction(-1)
        for pivot in done:
            _take_out(row, pivot)
        if row:
            lead = min(row)
            row = {cell: factor / row[lead] for cell, factor in row.items()}
            for other in done:
                if lead in other:
                    factor = other[lead]
                    for cell, value in row.items():
                        other[cell] = other.get(cell, Fraction(0)) - factor * value
                    for cell in [cell for cell, value in other.items() if not value]:
                        del other[cell]
            done.append(row)
    return {next(iter(row)) for row in done if len(row) == 1}


def _take_out(row, pivot):
    lead = min(pivot)
    if lead in row:
        factor = row[lead]
        for cell, value in pivot.items():
            row[cell] = row.get(cell, Fraction(0)) - factor * value
        for cell in [cell for cell, value in row.items() if not value]:
            del row[cell]


def _range(shown, equations, cell, least):
    """The whole numbers possible for a cell by linear programs: first, last."""
    matrix = np.zeros((len(equations), len(shown)))
    for place, (total, *parts) in enumerate(equations):
        matrix[place, total] = -1
        matrix[place, parts] = 1
    bounds = [(least, None) if count is None else (count, count) for count in shown]
    ends = []
    for sign in (1, -1):
        goal = np.zeros(len(shown))
        goal[cell] = sign
        found = linprog(goal, A_eq=matrix, b_eq=np.zeros(len(equations)), bounds=bounds, method="highs")
        assert found.status in (0, 3), found.message
        ends.append(sign * found.fun if found.status == 0 else math.inf)
    low = math.ceil(ends[0] - 1e-6)
    return low, ends[1] if ends[1] == math.inf else math.floor(ends[1] + 1e-6)


def _weak(shown, truth, equations, level, rule):
    """The small counts that the published numbers do not hide well enough."""
    threshold, zeros_shown = RULES[rule]
    small = [cell for cell, n in enumerate(truth) if n < threshold and (n or not zeros_shown)]
    weak = [cell for cell in small if shown[cell] is not None] + sorted(
        _by_sums(shown, equations) & set(small)
    )
    if level == "interval":
        for cell in small:
            low, high = _range(shown, equations, cell, int(zeros_shown))
            if high - low + 1 < min(3, threshold - 1):
                weak.append(cell)
    return weak


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("level", ["exact", "interval"])
def test_no_small_count_follows_from_what_is_published(shape, rule, level):
    caught_bare = caught_weakened = 0
    for seed, *_ in [table for table in TABLES if table[1:] == (shape, level, rule)]:
        table, hierarchies = _make(seed, shape, level, rule)
        dimensions = table.columns[:-1]
        settings = {"by": dimensions, "count": "n", "hierarchies": hierarchies}
        made = ig.suppress(table, policy=rule, secondary=level, margins="all", **settings)
        published = made.publish()
        truth = ig.frequency_table(table, **settings)
        assert truth.select(dimensions).equals(published.select(dimensions))
        truth, shown = truth["n"].to_list(), published["n"].to_list()
        equations = _equations(published, hierarchies, dimensions)
        assert all(truth[total] == sum(truth[part] for part in parts) for total, *parts in equations)
        assert all(n is None or n == truth[cell] for cell, n in enumerate(shown))
        assert not _weak(shown, truth, equations, level, rule)

        # The same attack on small counts hidden alone, and on each hidden cell published after all.
        threshold, zeros_shown = RULES[rule]
        bare = [None if n < threshold and (n or not zeros_shown) else n for n in truth]
        caught_bare += bool(_weak(bare, truth, equations, level, rule))
        secondary = [cell for cell, n in enumerate(shown) if n is None and bare[cell] is not None]
        for cell in secondary[:2]:
            weakened = [truth[cell] if at == cell else n for at, n in enumerate(shown)]
            caught_weakened += bool(_weak(weakened, truth, equations, level, rule))
    assert caught_bare
    assert caught_weakened


def test_the_attack_sees_a_count_that_is_narrow_but_not_exact():
    # Two hidden cells with a published sum of 3: each is 1 or 2 where zeros are shown, 0 to 3 where they are not.
    shown, truth, equations = [None, None, 40, 43], [1, 2, 40, 43], [[3, 0, 1, 2]]
    assert not _weak(shown, truth, equations, "exact", "under5")
    assert _weak(shown, truth, equations, "interval", "under5") == [0, 1]
    assert not _weak(shown, truth, equations, "interval", "uk_llc")


def test_there_are_tables_enough():
    assert len(TABLES) >= 200
