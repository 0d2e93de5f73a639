"""The verbs beside ``suppress``: ``suppress-magnitudes``, ``round``, ``perturb`` and ``merges``."""

from __future__ import annotations

import nhs_ig as ig
import polars as pl
import pytest
from support import KEY_BYTES, NUMBERS, nhs_ig

COSTS = {
    "site": ["A", "B", "B", "B", "C", "C", "C"],
    "supplier": ["t", "u", "v", "w", "u", "v", "w"],
    "pence": [900, 400, 400, 400, 700, 700, 700],
}
TABLE = {"age": ["0-17", "18-64", "65-84", "85+"], "n": [30, 12, 9, 2]}


@pytest.fixture
def folder(tmp_path):
    for name, table in (("costs", COSTS), ("ages", TABLE)):
        ig.write_table(table, tmp_path / f"{name}.csv")
    people = {"nhs": NUMBERS, "site": ["A"] * len(NUMBERS)}
    ig.write_table(people, tmp_path / "people.csv")
    ig.write_table({**people, "nhs": [NUMBERS[0]] * len(NUMBERS)}, tmp_path / "twice.csv")
    (tmp_path / "k.key").write_text(f"nhsig_sk_cli-alternatives_{KEY_BYTES.hex()}")
    (tmp_path / "k.key").chmod(0o600)
    return tmp_path


def costs(folder, out, *more):
    words = ["--by", "site", "--value", "pence", "--contributor", "supplier", "--out", folder / out]
    return nhs_ig("suppress-magnitudes", folder / "costs.csv", *words, "--overwrite", *more)


def loaded(folder):
    return ig.Key.from_file(folder / "k.key")


class TestMagnitudes:
    @pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
    def test_an_own_rule_and_every_kind_of_file(self, folder, ending):
        if ending == "xlsx":
            pytest.importorskip("openpyxl")
        rule = ["--threshold", "3", "--p-percent", "10", "--nk", "2", "90", "--max-share", "80"]
        done = costs(folder, f"o.{ending}", "--margins", "all", *rule, "--owner-page", folder / "o.html")
        assert done.returncode == 0, done.stderr
        assert "found no unsafe total" in done.stdout
        if ending == "parquet":
            assert pl.read_parquet(folder / "o.parquet")["pence"].to_list() == [None, None, 2100, 4200]
        if ending == "csv":
            made = ig.read_table(folder / "o.csv").to_lists()
            assert made["pence_display"] == ["*", "*", "2100", "4200"]
        assert "owner only" in (folder / "o.html").read_text()

    def test_presets_levels_and_refusals(self, folder):
        done = costs(folder, "o.csv", "--policy", "under5", "--margins", "all", "--secondary", "none")
        assert done.returncode == 0, done.stderr
        assert costs(folder, "o.csv", "--policy", "under5").stdout.count("publish none beside it") == 1
        assert costs(folder, "o.csv", "--policy", "hes").returncode == 1
        assert costs(folder, "o.csv").returncode == 2
        assert costs(folder, "o.csv", "--policy", "under5", "--threshold", "3").returncode == 2


class TestRound:
    def words(self, folder, *more):
        words = ["--by", "age", "--count", "n", "--base", "5", "--out", folder / "o.csv", "--overwrite"]
        return nhs_ig("round", folder / "ages.csv", *words, *more)

    def test_random(self, folder):
        key = ["--key-file", folder / "k.key"]
        done = self.words(folder, "--method", "random", "--context", "C", *key, "--margins", "all")
        assert done.returncode == 0, done.stderr
        wanted = ig.round_randomly(
            TABLE, by="age", count="n", base=5, key=loaded(folder), context="C", margins="all"
        )
        assert [int(n) for n in ig.read_table(folder / "o.csv").to_lists()["n"]] == wanted["n"]
        assert self.words(folder, "--method", "random", *key).returncode == 2

    def test_additive(self, folder):
        done = self.words(folder, "--method", "additive", "--margins", "all")
        assert done.returncode == 0, done.stderr
        made = [int(n) for n in ig.read_table(folder / "o.csv").to_lists()["n"]]
        assert made[-1] == sum(made[:-1])
        assert self.words(folder, "--method", "additive", "--context", "C").returncode == 2


class TestPerturb:
    def words(self, folder, source, *more):
        noise = ["--max-noise", "5", "--variance", "2", "--key-file", folder / "k.key", "--context", "C"]
        words = ["--by", "site", "--person", "nhs", "--out", folder / "o.parquet", *noise]
        return nhs_ig("perturb", folder / source, *words, *more)

    def test_people_in_noise_out(self, folder):
        done = self.words(folder, "people.csv", "--margins", "all")
        assert done.returncode == 0, done.stderr
        people = {"nhs": NUMBERS, "site": ["A"] * len(NUMBERS)}
        wanted = ig.perturb_counts(
            people,
            by="site",
            person="nhs",
            key=loaded(folder),
            context="C",
            max_noise=5,
            variance=2,
            margins="all",
        )
        assert pl.read_parquet(folder / "o.parquet").to_dict(as_series=False) == wanted

    def test_refusals(self, folder):
        assert self.words(folder, "twice.csv").returncode == 1
        assert self.words(folder, "people.csv", "--bits", "7").returncode == 2
        assert not (folder / "o.parquet").exists()


class TestMerges:
    def words(self, folder, *more):
        return nhs_ig(
            "merges", folder / "ages.csv", "--by", "age", "--count", "n", "--policy", "under5", *more
        )

    def test_a_suggestion_and_the_merged_table(self, folder):
        goal = ["--max-primary-cells", "0", "--out", folder / "m.csv"]
        done = self.words(folder, "--merge", "age=ordered", *goal)
        assert done.returncode == 0, done.stderr
        assert "optimal: 1 small counts in 4 cells become 0 in 3" in done.stdout
        assert "age: 65-84 + 85+ -> 65-84 to 85+" in done.stdout
        assert ig.read_table(folder / "m.csv").to_lists()["n"] == ["30", "12", "11"]
        assert self.words(folder, "--merge", "age=ordered", *goal).returncode == 2

    def test_orders_and_trees(self, folder):
        pairs = {"parent": ["young", "young", "old", "old"], "child": TABLE["age"]}
        ig.write_table(pairs, folder / "pairs.csv")
        goal = ["--max-primary-percent", "0"]
        done = self.words(folder, "--merge", f"age={folder / 'pairs.csv'}", *goal)
        assert "65-84 + 85+ -> old" in done.stdout
        done = self.words(folder, "--merge", "age=85+,0-17,18-64,65-84", *goal)
        assert "85+ + 0-17 -> 85+ to 0-17" in done.stdout

    def test_refusals(self, folder):
        assert self.words(folder, "--merge", "age=fixed", "--max-primary-cells", "0").returncode == 1
        assert self.words(folder, "--merge", "age=ordered").returncode == 2
        assert self.words(folder, "--merge", "age", "--max-primary-cells", "0").returncode == 2
