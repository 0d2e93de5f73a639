"""The command line: ``nhs-ig``. Each verb is a file of its own.

Exit codes: 0 done, 1 refused by a rule, 2 could not run, 130 interrupted.
"""

from __future__ import annotations

import click

import nhs_ig as ig
from nhs_ig.cli._frame import Group
from nhs_ig.cli.agreement import agreement
from nhs_ig.cli.audit import audit
from nhs_ig.cli.audit_table import audit_table
from nhs_ig.cli.demo import demo
from nhs_ig.cli.keys import keys
from nhs_ig.cli.magnitudes import suppress_magnitudes
from nhs_ig.cli.merges import merges
from nhs_ig.cli.opt_out import opt_out
from nhs_ig.cli.perturb import perturb
from nhs_ig.cli.pseudonymise import pseudonymise
from nhs_ig.cli.release import release
from nhs_ig.cli.risk import risk
from nhs_ig.cli.rounding import round_table
from nhs_ig.cli.suppress import suppress
from nhs_ig.cli.tokens import reidentify, tokenise


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(ig.__version__, prog_name="nhs-ig")
def main() -> None:
    """Information-governance routines for NHS data.

    Begin with: nhs-ig demo
    """


for command in (
    demo,
    keys,
    agreement,
    pseudonymise,
    tokenise,
    reidentify,
    suppress,
    audit_table,
    opt_out,
    release,
    risk,
    audit,
):
    main.add_command(command)
for command in (suppress_magnitudes, round_table, perturb, merges):
    main.add_command(command)
