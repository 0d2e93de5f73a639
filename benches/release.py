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

import nhs_ig as ig
import polars as pl
import polars_hash as plh
from opt_out import SHARE, people

ROWS = 10_000_000
ROUNDS = 3
# Polars would wait for the processors otherwise; CPU time is what is compared.
DAY = dt.date(2026, 11, 22)

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
AGREEMENT = """
schema = 1
sensitivity = "pseudonymised"

[agreement]
id = "DSA-2026-099"
title = "Measured release"
version = "1.0"
status = "signed"

[[signature]]
organisation = "Example ICB"
name_role = "A. Example, Chief Medical Officer"
date = 2026-03-10

[[signature]]
organisation = "Example Analytics Unit"
name_role = "B. Example, Director"
date = 2026-03-12

[term]
start = 2026-04-01
end = 2029-03-31
review = 2027-04-01

[parties]
controllers = ["Example ICB"]
processors = ["Example Analytics Unit"]
recipient = "Example Analytics Unit"
territory = "England"

[[purpose]]
code = "service_evaluation"
description = "Measure"
roles = ["analyst"]

[lawful_basis]
article_6 = "6(1)(e)"
article_9 = "9(2)(h)"
dpa_2018_schedule_1 = "Part 1, paragraph 2: health or social care purposes"

[lawful_basis.common_law]
basis = "section_251"
regulation = 5
cag_ref = "26/CAG/0014"
annual_review = 2027-03-01

[opt_out]
applies = true
rule = "section_251"

[dpia]
reference = "DPIA-2026-007"
review = 2027-03-01

[retention]
REST

[[dataset]]
name = "episodes"
person_level = true
id_field = "nhs_number"
"""


def agreement() -> str:
    """Return the agreement: the demo's frame with the fields of this table."""
    demo = (Path(ig.__file__).parent / "demo_data" / "agreement.toml").read_text()
    frame = demo[: demo.index("[[dataset]]")]
    rest = demo[demo.index("[[output]]") :]
    approvals = rest[rest.index("[retention]") :] if "[retention]" in rest else ""
    fields = {
        "nhs_number": ("nhs_number", 'transform.pseudonymise = { kind = "nhs_number" }'),
        "birth_date": ("date", 'transform.generalise_date = { to = "year" }'),
        "postcode": ("postcode", "transform.postcode_district = {}"),
        "admission_date": ("date", 'transform.generalise_date = { to = "month" }'),
        **{name: (kind, 'transform = "keep"') for name, kind in KEPT.items()},
    }
    dataset = '[[dataset]]\nname = "episodes"\nperson_level = true\nid_field = "nhs_number"\n\n'
    for name, (kind, transform) in fields.items():
        dataset += f'[[dataset.field]]\nname = "{name}"\ntype = "{kind}"\njustification = "Measured"\n{transform}\n\n'
    output = '[[output]]\nname = "episodes"\ndataset = "episodes"\nkind = "record_level"\nformat = "parquet"\n\n'
    return frame + dataset + output + approvals
