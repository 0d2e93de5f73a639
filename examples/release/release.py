"""Ask for a release under the demonstration agreement: once as agreed, once for another purpose."""

import datetime as dt
import tempfile
from importlib.resources import files
from pathlib import Path

import nhs_ig as ig

data = Path(str(files("nhs_ig") / "demo_data"))
agreement = ig.Agreement.load(data / "agreement.toml")
people = ig.read_table(data / "dids_500.csv").to_lists()["NHS_NUMBER"]
checked = ig.NotOptedOut.from_check_service(people, people[:-20], checked_at=dt.date(2026, 11, 20))


def ask(purpose: str, folder: Path) -> ig.Release:
    """Make a release into a new folder; the audit log stays beside it."""
    request = ig.Request(
        actor="a.analyst",
        role="analyst",
        organisation="Example Analytics Unit",
        purpose=purpose,
        date=dt.date(2026, 11, 22),
    )
    return ig.release(
        sources={"dids": data / "dids_500.csv", "ae_attendances": data / "ae_attendances.csv"},
        agreement=agreement,
        request=request,
        key=ig.Key.generate(),
        opt_outs=checked,
        audit=ig.AuditLog(folder / "audit.jsonl"),
        out=folder / "out",
        rehearsal=True,  # the date is a fixed one, so that the example runs on any day
    )


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    print(ask("service_evaluation", folder).report)
    try:
        ask("marketing", folder)
    except ig.AccessError as error:
        print(error)
    print(ig.verify_audit(folder / "audit.jsonl").verdict)
