"""Two releases judged by an integer program of their own (SciPy's HiGHS), which knows nothing of this project."""

from __future__ import annotations

import random

import nhs_ig as ig
import pytest

np = pytest.importorskip("numpy")
optimize = pytest.importorskip("scipy.optimize")

RULE = {"by": ["r", "c"], "count": "n", "margins": "given"}


def _with_totals(inner, rows, columns):
    table = dict(inner)
    for row in rows:
        table[row, "Total"] = sum(inner[row, column] for column in columns)
    for column in [*columns, "Total"]:
        table["Total", column] = sum(table[row, column] for row in rows)
    return table


def _table(counts):
    return {"r": [cell[0] for cell in counts], "c": [cell[1] for cell in counts], "n": list(counts.values())}


def _shown(result):
    made = result.publish()
    return dict(zip(zip(made["r"], made["c"], strict=True), made["n_display"], strict=True))


def _sums(cells):
    """For each sum of the grid its parts and its total, as places of the cells."""
    for at in (0, 1):
        for line in dict.fromkeys(cell[1 - at] for cell in cells):
            parts = [cell for cell in cells if cell[1 - at] == line and cell[at] != "Total"]
            yield parts, ("Total", line) if at == 0 else (line, "Total")


def _range(releases, target, *, of_growth=False):
    """The least and the greatest count that fit all releases; several are of growing counts, in the order of time."""
    cells = list(releases[0][0])
    place = {(at, cell): at * len(cells) + i for at in range(len(releases)) for i, cell in enumerate(cells)}
    low, high = np.zeros(len(place)), np.full(len(place), 3000.0)
    for at, views in enumerate(releases):
        for view in views:
            for cell, text in view.items():
                known = (1, 3000) if text == "*" else (int(text), int(text))
                low[place[at, cell]] = max(low[place[at, cell]], known[0])
                high[place[at, cell]] = min(high[place[at, cell]], known[1])
    lines, least, most = [], [], []
    for at in range(len(releases)):
        for parts, total in _sums(cells):
            line = np.zeros(len(place))
            line[[place[at, part] for part in parts]] = 1
            line[place[at, total]] = -1
            lines.append(line), least.append(0), most.append(0)
    for cell in cells if len(releases) > 1 else []:
        line = np.zeros(len(place))
        line[place[1, cell]], line[place[0, cell]] = 1, -1
        lines.append(line), least.append(0), most.append(np.inf)
    goal = np.zeros(len(place))
    goal[place[len(releases) - 1, target]] = 1
    if of_growth:
        goal[place[0, target]] = -1
    ends = []
    for sign in (1, -1):
        found = optimize.milp(
            sign * goal,
            constraints=optimize.LinearConstraint(np.array(lines), least, most),
            bounds=optimize.Bounds(low, high),
            integrality=np.ones(len(place)),
        )
        assert found.success, found.message
        ends.append(round(sign * found.fun))
    return ends


def _given_away(first, now, counts, before, grown):
    """Small counts, and small growths, of which fewer than three values stay possible."""
    releases = [[first], [now]] if grown else [[now, first]]
    small = [cell for cell in counts if 1 <= counts[cell] <= 4]
    known = [_range(releases, cell) for cell in small]
    if grown:
        came = [cell for cell in counts if 1 <= counts[cell] - before[cell] <= 4]
        known += [_range(releases, cell, of_growth=True) for cell in came]
    return [ends for ends in known if ends[1] - ends[0] < 2]


@pytest.mark.parametrize("grown", [False, True], ids=["same", "grown"])
def test_no_small_count_follows_from_both_releases(grown):
    chance = random.Random(20261122 + grown)
    made = unaware_leaks = 0
    for _ in range(16):
        rows = [f"r{i}" for i in range(chance.choice([2, 3]))]
        inner = {(row, column): chance.choice([0, 1, 2, 3, 6, 12, 20, 35]) for row in rows for column in "xy"}
        before = _with_totals(inner, rows, list("xy"))
        # The first release was made with other costs in mind, so it hides other cells beside the small ones.
        other = {
            cell: count if count < 5 else chance.choice([6, 12, 20, 35]) for cell, count in inner.items()
        }
        more = {cell: chance.choice([0, 0, 1, 7, 15]) if grown else 0 for cell in inner}
        now = _with_totals({cell: count + more[cell] for cell, count in inner.items()}, rows, list("xy"))
        try:
            pattern = _shown(
                ig.suppress(_table(_with_totals(other, rows, list("xy"))), policy="under5", **RULE)
            )
            first = {cell: "*" if pattern[cell] == "*" else str(count) for cell, count in before.items()}
            alone = _shown(ig.suppress(_table(now), policy="under5", **RULE))
        except ig.PolicyError:
            continue
        if any(first[cell] != "*" for cell, count in before.items() if 1 <= count <= 4):
            continue
        if _given_away(first, first, before, before, grown=False):
            continue
        unaware_leaks += bool(_given_away(first, alone, now, before, grown))
        what = {"earlier": [_table(first)], "earlier_counts": "grown" if grown else "same"}
        try:
            aware = _shown(ig.suppress(_table(now), policy="under5", **what, **RULE))
        except ig.PolicyError as error:
            assert error.code == "policy.not_protected"
            continue
        made += 1
        assert not _given_away(first, aware, now, before, grown), (before, now, first, aware)
    assert made >= 5
    assert unaware_leaks >= 3, "without the protection it leaks"


@pytest.mark.parametrize("counts", ["same", "grown"])
def test_one_linked_table_with_earlier_releases_is_that_table(counts):
    sites = ["A", "B", "C", "Total"]
    now = {"site": sites, "n": ["*", "*", "40", "55"]}
    before = [{"site": sites, "n": ["*", "9", "*", "51"]}, {"site": sites, "n": ["*", "*", "39", "52"]}]
    if counts == "same":
        before = [{"site": sites, "n": ["*", "12", "*", "*"]}, {"site": sites, "n": ["*", "*", "*", "55"]}]
    alone = ig.audit_table(now, by="site", count="n", earlier=before, earlier_counts=counts)
    linked = ig.audit_linked(
        {"t": now},
        by={"t": "site"},
        count="n",
        earlier=[{"t": release} for release in before],
        earlier_counts=counts,
    )["t"]
    assert alone.summary == linked.summary
    assert alone.cells() == linked.cells()
