"""A whole release: nhs_ig against the same steps written with Polars and polars-hash, in one process run.

    python benches/release.py            10,000,000 rows
    python benches/release.py 1000000    another size

Reads a Parquet file of 18 columns, validates NHS numbers, leaves away who opted out, drops four columns, replaces the
number by a keyed pseudonym, makes dates and postcodes coarser, and writes Parquet (Zstandard). Prints CPU seconds
(median of interleaved rounds, all threads together), the ratio, and the greatest memory of our release in a process of
its own. nhs_ig also checks types, looks for identifiers in what it wrote, hashes both files and keeps an audit log; the
peer does none of that. Both outputs are compared first. Needs: polars, polars-hash and nhs_ig, built with the profile
of wheels (see README.md beside this file).
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nhs_ig as ig
import polars as pl
import polars_hash as plh
from opt_out import SHARE, people

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000_000
ROUNDS = 3
DAY = dt.date(2026, 11, 22)

KEY = "nhsig_sk_bench_" + bytes(range(32)).hex()
KEPT = {
    "sex": "code",
    "ethnicity": "code",
    "org_code": "code",
    "site_code": "code",
    "specialty": "code",
    "procedure_code": "code",
    "diagnosis_code": "code",
    "attendances": "integer",
    "source_setting": "code",
    "outcome": "code",
}


def agreement() -> str:
    """Return the demo's agreement with the fields of this table and one output."""
    demo = (Path(ig.__file__).parent / "demo_data" / "agreement.toml").read_text(encoding="utf-8")
    before, after = demo[: demo.index("[[dataset]]")], demo[demo.index("[retention]") :]
    fields = {
        "nhs_number": ("nhs_number", 'transform.pseudonymise = { kind = "nhs_number" }'),
        "birth_date": ("date", 'transform.generalise_date = { to = "year" }'),
        "postcode": ("postcode", 'transform = "postcode_district"'),
        "admission_date": ("date", 'transform.generalise_date = { to = "month" }'),
        **{name: (kind, 'transform = "keep"') for name, kind in KEPT.items()},
    }
    dataset = '[[dataset]]\nname = "episodes"\nperson_level = true\nid_field = "nhs_number"\n\n'
    for name, (kind, transform) in fields.items():
        dataset += f'[[dataset.field]]\nname = "{name}"\ntype = "{kind}"\njustification = "Measured"\n{transform}\n\n'
    output = (
        '[[output]]\nname = "episodes"\ndataset = "episodes"\nkind = "record_level"\nformat = "parquet"\n\n'
    )
    return before + dataset + output + after


def make(rows: int, folder: Path) -> None:
    """Write the source, and the answer of the check service."""
    numbers = people(rows)
    place = pl.int_range(rows, eager=True)

    def pick(values: list[str], step: int) -> pl.Series:
        return pl.Series(values).gather((place * step // 7) % len(values))

    day = pl.Series([dt.date(2025, 4, 1)]).gather(place * 0)
    admitted = day.dt.offset_by("0d") + pl.Series(place * 37 % 500).cast(pl.Duration("ms")) * 86_400_000
    codes = [f"X{number:03}" for number in range(400)]
    frame = pl.DataFrame(
        {
            "nhs_number": numbers,
            "local_patient_id": ("L" + (place * 7919 % 100_000_007).cast(pl.String)),
            "birth_date": day - pl.Series(place * 7 % 33_000).cast(pl.Duration("ms")) * 86_400_000,
            "postcode": pick([f"AB{a} {b}AA" for a in range(1, 90) for b in range(1, 10)], 11),
            "sex": pick(["1", "2", "9"], 3),
            "ethnicity": pick(list("ABCDEFGHJKLMNPRSZ"), 5),
            "admission_date": admitted,
            "discharge_date": admitted + pl.Series(place % 20).cast(pl.Duration("ms")) * 86_400_000,
            "org_code": pick([f"R{number:02}" for number in range(100)], 13),
            "site_code": pick([f"R{number:04}" for number in range(900)], 17),
            "specialty": pick([str(number) for number in range(100, 180)], 19),
            "procedure_code": pick(codes, 23),
            "diagnosis_code": pick(codes, 29),
            "attendances": place % 40,
            "length_of_stay": place % 20,
            "cost": (place % 100_000) / 8,
            "source_setting": pick(["IP", "OP", "AE", "GP"], 31),
            "outcome": pick(["01", "02", "03", "04", "05"], 37),
        },
    )
    assert frame.width == 18
    frame.write_parquet(folder / "episodes.parquet", compression="zstd")
    out = numbers.gather_every(100 // SHARE)
    stay = frame.select("nhs_number").join(out.to_frame("nhs_number"), on="nhs_number", how="anti")
    stay.write_parquet(folder / "stay.parquet")
    for name, column in (("submitted", numbers), ("returned", stay["nhs_number"])):
        (folder / f"{name}.dat").write_text(",\n".join(column) + ",\n", encoding="ascii")


class Lists:
    """The answer of the check service as we take it, and our key."""

    def __init__(self, folder: Path) -> None:
        """Read both files."""
        os.environ["NHS_IG_BENCH_KEY"] = KEY
        self.key = ig.Key.from_env("NHS_IG_BENCH_KEY")
        self.answer = ig.NotOptedOut.from_check_service(
            ig.read_check_file(folder / "submitted.dat"),
            ig.read_check_file(folder / "returned.dat"),
            checked_at=DAY,
        )


def ours(folder: Path, lists: Lists, round_: int) -> Path:
    """Make a release."""
    out = folder / f"ours-{round_}"
    (folder / "agreement.toml").write_text(agreement(), encoding="utf-8")
    ig.release(
        sources={"episodes": folder / "episodes.parquet"},
        agreement=ig.Agreement.load(folder / "agreement.toml"),
        request=ig.Request(
            actor="a.analyst",
            role="analyst",
            organisation="Example Analytics Unit",
            purpose="service_evaluation",
            date=DAY,
        ),
        key=lists.key,
        opt_outs=lists.answer,
        audit=ig.AuditLog(folder / "audit.jsonl"),
        out=out,
        rehearsal=True,
    )
    return out / "episodes.parquet"


def theirs(folder: Path, stay: pl.DataFrame, round_: int) -> Path:
    """Do the same steps with expressions."""
    out = folder / f"theirs-{round_}.parquet"
    number = pl.col("nhs_number").cast(pl.Int64, strict=False)
    weighted = sum(number // 10**place % 10 * (place + 1) for place in range(10))
    valid = (pl.col("nhs_number").str.len_bytes() == 10) & (weighted % 11 == 0)
    (
        pl.scan_parquet(folder / "episodes.parquet")
        .filter(valid)
        .join(stay.lazy(), on="nhs_number", how="semi", maintain_order="left")
        .select(
            plh.col("nhs_number").chash.hmac_sha256(key=KEY).str.slice(0, 32),
            pl.col("birth_date").dt.strftime("%Y"),
            pl.col("postcode").str.split(" ").list.first(),
            pl.col("admission_date").dt.strftime("%Y-%m"),
            *KEPT,
        )
        .sink_parquet(out, compression="zstd")
    )
    return out


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU time of one call, all threads together."""
    started = time.process_time()
    act()
    return time.process_time() - started


def same(mine: Path, other: Path) -> None:
    """Hold the outputs against each other, row by row; pseudonyms are made with other keys, so only their pattern."""
    mine_, other_ = pl.read_parquet(mine), pl.read_parquet(other)
    assert mine_.columns == other_.columns, (mine_.columns, other_.columns)
    assert mine_["nhs_number"].n_unique() == other_["nhs_number"].n_unique() == len(mine_) == len(other_)
    for name in mine_.columns[1:]:
        assert (mine_[name].cast(pl.String) == other_[name].cast(pl.String)).all(), name


def compare(rows: int) -> None:
    """Time both on the same file, interleaved."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(rows, folder)
        lists, stay = Lists(folder), pl.read_parquet(folder / "stay.parquet")
        same(ours(folder, lists, -1), theirs(folder, stay, -1))
        times: dict[str, list[float]] = {"nhs_ig release": [], "Polars and polars-hash": []}
        for round_ in range(ROUNDS):
            times["nhs_ig release"].append(cpu_seconds(lambda round_=round_: ours(folder, lists, round_)))
            times["Polars and polars-hash"].append(
                cpu_seconds(lambda round_=round_: theirs(folder, stay, round_))
            )
        base = statistics.median(times["nhs_ig release"])
        print(
            f"{rows:,} rows x 18 columns, CPU seconds of all threads, median of {ROUNDS} interleaved rounds"
        )
        for name, seconds in times.items():
            median = statistics.median(seconds)
            print(f"  {name:<24} {median:7.2f} s   {median / base:5.2f} x nhs_ig")
        done = subprocess.run(  # noqa: S603 - this very file
            [sys.executable, __file__, "--memory", place], capture_output=True, text=True, check=True
        )
        print(done.stdout, end="")


def memory(folder: Path) -> None:
    """Release once in a process of its own, and say how much memory it took with and without the lists."""
    lists = Lists(folder)
    before = most_memory()
    ours(folder, lists, 99)
    print(
        f"  greatest memory: {before:,.0f} MiB with the lists read, {most_memory():,.0f} MiB after the release"
    )


def most_memory() -> float:
    """Return the greatest resident memory of this process so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says counts the parent in, of which a process is a copy when it begins.
        line = next(
            line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(Path(sys.argv[2]))
    else:
        compare(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
