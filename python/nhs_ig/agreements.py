"""Registers, drafts, exports and the schema of agreements."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nhs_ig import _core
from nhs_ig._table_arguments import not_usable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from os import PathLike

_DUES = ("end", "review", "cag_review", "dpia_review")
_LATER = {"later": "", "near": "within 90 days", "overdue": "overdue"}

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; color: #212b32;
  background: #fff; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border: 1px solid #768692; padding: .3rem .6rem; text-align: left; vertical-align: top; }
thead th { background: #e8edee; }
td.act { border-left: 6px double #a80000; font-weight: 700; }
.scroll { overflow-x: auto; }
@media print { .scroll { overflow: visible; } body { max-width: none; font-size: 11px; } }
"""


def agreement_register(folder: str | PathLike[str], on: dt.date | None = None) -> list[dict[str, Any]]:
    """Return one flat row for every ``.toml`` file of a folder: how each agreement stands on a day.

    A file that cannot be read is a row with its error code and line, never left out. Folders inside are not entered.

    Parameters
    ----------
    folder
        The folder of agreements.
    on
        The day; today if left out.

    Returns
    -------
    list of dict
        ``file``, ``id``, ``title``, ``version``, ``recipient``, ``status``, ``in_force``, ``usable``, ``why_not``,
        the dates ``end``, ``review``, ``cag_review`` and ``dpia_review`` as text, for each its ``*_due``
        (``""``, ``"within 90 days"`` or ``"overdue"``), ``days_to_end``, ``missing_signatures``,
        ``missing_approvals``, ``error_code``, ``error_line`` and ``error``. What does not apply is ``None``.

    Raises
    ------
    MisuseError
        ``misuse.argument``, ``misuse.unreadable``

    """
    if not isinstance(folder, str | Path) and not hasattr(folder, "__fspath__"):
        raise not_usable("folder", "a path")
    return [_row(entry) for entry in _core.register_agreements(Path(folder), on)]


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    standing = entry["standing"] or {}
    fault = entry["fault"] or {}
    names = ("id", "title", "version", "recipient", "status", "in_force", "usable")
    row: dict[str, Any] = {"file": entry["file"]} | {name: standing.get(name) for name in names}
    row["why_not"] = "; ".join(check["message"] for check in standing.get("refusals", ())) or None
    for name in _DUES:
        due = standing.get(name)
        row[name] = due and due["date"]
        row[f"{name}_due"] = due and _LATER[due["nearness"]]
    row["days_to_end"] = standing["end"]["days"] if standing else None
    for name in ("missing_signatures", "missing_approvals"):
        row[name] = "; ".join(standing.get(name, ())) or None
    return row | {
        "error_code": fault.get("code"),
        "error_line": fault.get("line"),
        "error": fault.get("message"),
    }


def register_html(rows: Sequence[Mapping[str, Any]], *, on: dt.date) -> str:
    """Return a register as a self-contained HTML page; words, not colour alone, say what needs an act.

    Parameters
    ----------
    rows
        What ``agreement_register`` returned.
    on
        The day that it is about.

    """
    heads = (
        "File", "Agreement", "Recipient", "Status", "In force", "Ends", "Review", "CAG review", "DPIA review",
        "Not signed by", "Not approved by", "Why nothing may be released",
    )  # fmt: skip
    title = f"Register of agreements on {on.day} {on:%B %Y}"
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "\n".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    needs = sum(not row["usable"] or any(row[f"{name}_due"] for name in _DUES) for row in rows)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>{escape(title)}</h1>\n"
        f"<p>{len(rows):,} agreements; {needs:,} need somebody to act.</p>\n"
        f'<div class="scroll" role="region" aria-label="Register" tabindex="0"><table>\n'
        f"<caption>One row for every file, readable or not</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n</main></body></html>\n"
    )


def _cells(row: Mapping[str, Any]) -> str:
    if row["error_code"]:
        said = f"Not readable: {row['error_code']}: {row['error']}"
        return _head(row["file"]) + _cell(said, act=True, span=11)
    cells = [
        _head(row["file"]),
        _cell(f"{row['id']} version {row['version']}: {row['title']}"),
        _cell(row["recipient"]),
        _cell(row["status"], act=row["status"] != "signed"),
        _cell("yes" if row["in_force"] else "NO", act=not row["in_force"]),
    ]
    for name in _DUES:
        due = row[f"{name}_due"]
        cells.append(_cell(f"{row[name] or 'none'}{f' ({due})' if due else ''}", act=bool(due)))
    cells += [
        _cell(row[name] or "", act=bool(row[name])) for name in ("missing_signatures", "missing_approvals")
    ]
    return "".join([*cells, _cell(row["why_not"] or "")])


def _head(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _cell(text: str, *, act: bool = False, span: int = 1) -> str:
    style = ' class="act"' if act else ""
    wide = f' colspan="{span}"' if span > 1 else ""
    return f"<td{style}{wide}>{escape(text)}</td>"


def agreement_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an agreement, made from the types that read it.

    Whatever it refuses, the reader refuses too; what only fits together, the reader alone knows. Dates are text.
    """
    text = files("nhs_ig").joinpath("schemas/agreement_v1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def data_use_register(agreements: Sequence[_core.Agreement]) -> list[dict[str, Any]]:
    """Return one row of a public Data Use Register for each agreement, by its column names.

    What an agreement does not hold (how often, since when and how data is given) is empty.

    Raises
    ------
    MisuseError
        ``misuse.argument``

    """
    if not isinstance(agreements, list | tuple) or not all(
        isinstance(agreement, _core.Agreement) for agreement in agreements
    ):
        raise not_usable("agreements", "a list of Agreement")
    return [agreement.data_use() for agreement in agreements]


def draft_agreement(register_row: Mapping[str, Any] | None = None) -> str:
    """Return the text of a commented draft, which is read as a valid agreement and lets nothing out.

    Parameters
    ----------
    register_row
        One row of a Data Use Register by its column names. What it did not say, or said in a way that an agreement
        cannot hold, is marked in comments at the top.

    Raises
    ------
    MisuseError
        ``misuse.argument``

    """
    if register_row is None:
        return _core.draft_agreement(None)
    if not hasattr(register_row, "items") or not all(isinstance(name, str) for name in register_row):
        raise not_usable("register_row", "a dictionary of column names and cells")
    cells = {name: str(cell) for name, cell in register_row.items() if cell is not None}
    return _core.draft_agreement(cells)
