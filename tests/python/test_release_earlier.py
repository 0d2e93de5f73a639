"""Two releases of one agreement, from Python and from the command line."""

from __future__ import annotations

import itertools
import json

import nhs_ig as ig
import pytest
from support import besides_progress
from test_cli_release import people_of_demo  # noqa: F401 - a fixture
from test_cli_release import release as cli_release  # noqa: F401 - a fixture
from test_release import agreement, answer, make, people, request_of  # noqa: F401 - fixtures

RULE = """by = ["period", "org_code", "type"]
count = "breaches"
policy = "hes\""""
TOTALS = """by = ["org_code"]
count = "breaches"
policy = "under5"
margins = "all\""""


@pytest.fixture
def tables(make, demo_data, tmp_path):  # noqa: F811
    """Release a table of four counts, with totals, under the demonstration agreement."""

    def release(counts, name, **change):
        text = (demo_data / "agreement.toml").read_text()
        assert RULE in text
        (tmp_path / "own.toml").write_text(text.replace(RULE, change.pop("rule", TOTALS)))
        table = {
            "period": ["2017-03-01"] * len(counts),
            "org_code": list("ABCD")[: len(counts)],
            "type": ["1"] * len(counts),
            "breaches": counts,
        }
        return make(
            sources={"dids": demo_data / "dids_500.csv", "ae_attendances": table},
            agreement=ig.Agreement.load(tmp_path / "own.toml"),
            out=tmp_path / name,
            **change,
        )

    return release


def shown(tmp_path, name):
    rows = ig.read_table(tmp_path / name / "ae_breaches.csv").to_lists()
    return dict(zip(rows["org_code"], rows["breaches"], strict=True))


def possible(first, second):
    """Every value of A in either release, by trying all tables of whole numbers that only grow."""
    known = [{site: page[site] and int(page[site]) for site in page} for page in (first, second)]

    def tables(page):
        cells = [range(1, 90) if known[page][site] is None else [known[page][site]] for site in "ABCD"]
        total = known[page]["Total"]
        return [cell for cell in itertools.product(*cells) if total in (None, sum(cell))]

    pairs = itertools.product(tables(0), tables(1))
    grown = [(one, two) for one, two in pairs if all(a <= b for a, b in zip(one, two, strict=True))]
    return {one[0] for one, _ in grown}, {two[0] for _, two in grown}


class TestDifferencing:
    def test_the_second_release_gives_a_count_away_unless_the_first_is_known(self, tables, tmp_path):
        before, after = [2, 12, 13, 50], [2, 14, 13, 50]
        tables(before, "first")
        tables(after, "alone", audit=ig.AuditLog(tmp_path / "another.jsonl"))
        leaks = possible(shown(tmp_path, "first"), shown(tmp_path, "alone"))
        assert min(len(values) for values in leaks) < 3
        made = tables(after, "second", earlier=[tmp_path / "first"])
        assert made.manifest["outputs"][1]["disclosure"]["earlier"] == "grown"
        both = possible(shown(tmp_path, "first"), shown(tmp_path, "second"))
        assert min(len(values) for values in both) >= 3

    def test_each_release_of_the_log_must_be_there(self, tables, tmp_path):
        tables([2, 12, 13, 50], "first")
        with pytest.raises(ig.AccessError, match="earlier_unavailable") as caught:
            tables([2, 12, 13, 50], "second")
        assert caught.value.code == "access.earlier_not_given"
        assert not (tmp_path / "second").exists()
        made = tables([2, 12, 13, 50], "second", earlier_unavailable="IG/2026/17")
        assert made.manifest["earlier"]["reason_ref"] == "IG/2026/17"
        last = json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[-1])
        assert (last["code"], last["reason_ref"]) == ("release.complete", "IG/2026/17")

    def test_what_is_not_as_it_was_released_is_refused(self, tables, tmp_path):
        tables([2, 12, 13, 50], "first")
        path = tmp_path / "first" / "ae_breaches.csv"
        path.write_text(path.read_text().replace("50", "51"))
        for folder, code in (("first", "access.earlier_changed"), ("none", "access.earlier_unreadable")):
            with pytest.raises(ig.AccessError) as caught:
                tables([2, 12, 13, 50], "second", earlier=[tmp_path / folder])
            assert caught.value.code == code

    def test_counts_that_fell_need_an_agreement_that_says_so(self, tables, tmp_path):
        tables([2, 12, 13, 50], "first")
        with pytest.raises(ig.AccessError) as caught:
            tables([2, 12, 11, 52], "second", earlier=[tmp_path / "first"])
        assert caught.value.code == "access.earlier_not_comparable"
        apart = f'{TOTALS}\nearlier_releases = "not_compared"'
        made = tables([2, 12, 11, 52], "second", rule=apart)
        assert made.manifest["outputs"][1]["disclosure"]["earlier"] == "not_compared"

    @pytest.mark.parametrize(
        "change",
        [
            {"earlier": "out"},
            {"earlier": 7},
            {"earlier": [7]},
            {"earlier": None},
            {"earlier_unavailable": 17},
        ],
    )
    def test_wrong_kinds_of_argument(self, make, change):  # noqa: F811
        with pytest.raises(ig.MisuseError) as caught:
            make(**change)
        assert caught.value.code == "misuse.argument"


class TestCommandLine:
    def test_folders_and_ticket(self, cli_release, tmp_path):  # noqa: F811
        assert cli_release().returncode == 0
        done = cli_release(out=tmp_path / "again")
        assert (done.returncode, "access.earlier_not_given" in done.stderr) == (1, True)
        done = cli_release("--earlier", tmp_path / "out", out=tmp_path / "again")
        assert (done.returncode, besides_progress(done.stderr)) == (0, "")
        done = cli_release("--earlier-unavailable", "IG/2026/17", out=tmp_path / "third")
        assert done.returncode == 0
        done = cli_release("--earlier-unavailable", "no ticket", out=tmp_path / "fourth")
        assert (done.returncode, "audit.field" in done.stderr) == (2, True)


class TestLinkable:
    """Two datasets about persons under one agreement."""

    def test_people_are_linked_within_an_agreement_and_not_across(self, make, demo_data, tmp_path):  # noqa: F811
        text = (demo_data / "agreement.toml").read_text()
        dataset = text[text.index('[[dataset]]\nname = "dids"') : text.index("# Published counts")]
        output = text[
            text.index('[[output]]\nname = "imaging_records"') : text.index('[[output]]\nname = "ae_b')
        ]
        visits = dataset[: dataset.index('[[dataset.field]]\nname = "PERSON_BIRTH_DATE"')]
        visits = visits[: visits.index("# The accession")].replace('"dids"', '"visits"')
        more = output.replace("imaging_records", "visit_records").replace('"dids"', '"visits"')
        place = text.index("# Published counts")
        both = (text[:place] + visits + text[place:]).replace("[retention]", f"{more}\n[retention]")
        source = ig.read_table(demo_data / "dids_500.csv").to_lists()["NHS_NUMBER"]
        # The other way round, every second person, and written in another way.
        some = [f"{number[:3]} {number[3:6]} {number[6:]}" for number in reversed(source[::2])]
        released = {}
        for agreement_id in ("DSA-2026-014", "DSA-2026-015"):
            path = tmp_path / f"{agreement_id}.toml"
            path.write_text(both.replace("DSA-2026-014", agreement_id))
            out = tmp_path / agreement_id
            make(
                agreement=ig.Agreement.load(path),
                sources={
                    "dids": demo_data / "dids_500.csv",
                    "visits": {"NHS_NUMBER": some},
                    "ae_attendances": demo_data / "ae_attendances.csv",
                },
                out=out,
            )
            released[agreement_id] = [
                ig.read_table(out / f"{name}.csv").to_lists()["NHS_NUMBER"]
                for name in ("imaging_records", "visit_records")
            ]
        records, visit = released["DSA-2026-014"]
        # Of each dataset the same people stay, in the order of its rows, so places tell who is who.
        stayed = dict.fromkeys(records)
        assert set(visit) < set(stayed)
        assert len(visit) > 200
        order = {pseudonym: place for place, pseudonym in enumerate(stayed)}
        places = [order[pseudonym] for pseudonym in dict.fromkeys(visit)]
        assert places == sorted(places, reverse=True)
        others = {pseudonym for column in released["DSA-2026-015"] for pseudonym in column}
        assert not others & {*records, *visit}
