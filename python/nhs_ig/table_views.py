"""A page that shows a table with its hidden cells: what a reader can infer about each, and why."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from nhs_ig._frames import to_arrow, to_lists
from nhs_ig._table_arguments import key_columns, not_usable
from nhs_ig.errors import MisuseError
from nhs_ig.suppression import SuppressionResult
from nhs_ig.table_audits import TableAudit

if TYPE_CHECKING:
    from collections.abc import Sequence

# Past this many rows, only hidden cells are listed.
_ALL_ROWS = 2_000

_VERDICTS = {
    "safe": "Open: enough counts stay possible",
    "exact": "NOT protected: a reader can compute it",
    "too_narrow": "NOT protected: too few counts stay possible",
    "undecided": "Not decided: treat as not protected",
    "protects": "Hidden to protect others",
    "given": "Hidden; not a small count that was asked about",
}

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #212b32;
  background: #fff; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { border: 1px solid #768692; padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
thead th { background: #e8edee; }
td.hidden { background: #f0f4f5; font-style: italic; }
tr.open td.verdict, td.open { border-left: 6px double #005eb8; }
tr.unsafe td.verdict, td.unsafe { border: 3px solid #a80000; font-weight: 700; }
.warning { border-left: 8px solid #a80000; padding: .5rem 1rem; font-weight: 600; }
.scroll { overflow-x: auto; }
a { color: #005eb8; }
@media print { .scroll { overflow: visible; } }
"""


def table_html(
    table: Any,
    audit: TableAudit | None = None,
    *,
    by: Sequence[str] | str,
    count: str = "n",
    title: str = "Table with hidden cells",
) -> str:
    """Return a self-contained HTML page of a table, its hidden cells, their ranges and the reasons.

    It is for the data owner and says so: ranges and reasons tell what the table hides. It loads nothing from anywhere
    and runs no script; words and signs, not colour alone, tell cells apart.

    Parameters
    ----------
    table
        A ``SuppressionResult``, whose own audit is shown; or a finished table with its ``audit``.
    audit
        What ``audit_table`` said of the table.
    by
        The key columns; tables of two are also shown as a grid.
    count
        The column of counts.
    title
        The heading.

    """
    keys = key_columns(by, count)
    if not isinstance(title, str) or not (audit is None or isinstance(audit, TableAudit)):
        raise not_usable("title or audit", "text, and what audit_table returned")
    if isinstance(table, SuppressionResult):
        audit = table.audit
        lists = to_lists(table.owner())
        _check_columns(lists, [*keys, f"{count}_display"])
        shown, status = lists[f"{count}_display"], lists[f"{count}_status"]
    else:
        if not isinstance(table, dict) and not hasattr(table, "columns"):
            to_arrow(table)
        lists = to_lists(table)
        _check_columns(lists, [*keys, count])
        shown = ["" if cell is None else str(cell) for cell in lists[count]]
        status = [None] * len(shown)
    places = list(zip(*(lists[key] for key in keys), strict=True))
    found = {} if audit is None else _by_place(to_lists(audit.cells()), keys)
    if not set(found) <= set(places):
        raise not_usable("audit", "the audit of this table; it names cells that the table has not")
    rows = [
        _Row(number, place, text, found.get(place), word)
        for number, (place, text, word) in enumerate(zip(places, shown, status, strict=True))
    ]
    parts = [
        f"<h1>{escape(title)}</h1>",
        '<p class="warning">For the data owner only. Do not release: this page tells what the table hides.</p>',
        *([] if audit is None else [_summary(audit.summary)]),
        *([_grid(rows, keys)] if len(keys) == 2 else []),  # noqa: PLR2004 - a grid has two dimensions
        _details(rows, keys),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )


def _check_columns(lists: dict[str, list[Any]], names: list[str]) -> None:
    missing = [name for name in names if name not in lists]
    if missing:
        message = f"column {missing[0]} is missing; the table has {', '.join(map(str, lists))}"
        raise MisuseError(message, "misuse.column_missing", {"column": missing[0]})


class _Row:
    """One cell of the table and what was found about it."""

    def __init__(
        self,
        number: int,
        place: tuple[Any, ...],
        shown: str,
        found: dict[str, Any] | None,
        status: str | None,
    ) -> None:
        self.number = number
        self.place = place
        self.shown = shown
        self.found = found
        self.hidden = found is not None or status not in {None, "published"}
        if found is not None:
            own = found["by_contributor"] or found["by_pooling"] == "yes"
            self.verdict = "exact" if own and found["verdict"] == "safe" else str(found["verdict"])
        else:
            self.verdict = "protects" if status == "secondary" else "given" if self.hidden else ""

    @property
    def style(self) -> str:
        if self.verdict in {"exact", "too_narrow", "undecided"}:
            return "unsafe"
        return "open" if self.verdict == "safe" else ""

    @property
    def range(self) -> str:
        if self.found is None:
            return ""
        lower, upper = self.found["lower"], self.found["upper"]
        if upper is None:
            return f"{lower:,} or more"
        return f"exactly {lower:,}" if lower == upper else f"{lower:,} to {upper:,}"

    @property
    def words(self) -> str:
        words = _VERDICTS.get(self.verdict, "")
        if self.found is not None and self.found["by_contributor"]:
            words += " (somebody in a cell of 1 can)"
        elif self.found is not None and self.found["by_pooling"] == "yes":
            words += " (people in cells of 1 together can)"
        return words


def _by_place(cells: dict[str, list[Any]], keys: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = list(cells)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    return {tuple(row[key] for key in keys): row for row in rows}


def _label(key: Any) -> str:
    return "(missing)" if key is None else escape(str(key))


def _summary(summary: dict[str, Any]) -> str:
    words = {
        "protected": "Protected, as far as this table alone goes.",
        "not_protected": "NOT protected.",
        "undecided": "Not decided: treat as not protected.",
    }
    return (
        f"<p><strong>{words[summary['verdict']]}</strong> The auditor looked at {summary['audited']:,} hidden cells: "
        f"{summary['exact']:,} can be computed, {summary['too_narrow']:,} can be narrowed to too few counts, "
        f"{summary['by_contributor']:,} can be computed by somebody in a cell of 1, {summary['by_pooling']:,} by all "
        f"of these together, {summary['undecided']:,} were not decided.</p>"
    )


def _grid(rows: list[_Row], keys: list[str]) -> str:
    across = list(dict.fromkeys(row.place[1] for row in rows))
    down = list(dict.fromkeys(row.place[0] for row in rows))
    cells = {row.place: row for row in rows}
    head = "".join(f'<th scope="col">{_label(key)}</th>' for key in across)
    lines = []
    for first in down:
        line = "".join(_grid_cell(cells.get((first, second))) for second in across)
        lines.append(f'<tr><th scope="row">{_label(first)}</th>{line}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Grid"><table><caption>{escape(keys[0])} by '
        f"{escape(keys[1])}. Hidden cells show what a reader can infer; their links lead to the reasons.</caption>"
        f'<thead><tr><th scope="col">{escape(keys[0])}</th>{head}</tr></thead><tbody>{chr(10).join(lines)}</tbody>'
        f"</table></div>"
    )


def _grid_cell(row: _Row | None) -> str:
    if row is None:
        return "<td>not listed</td>"
    if not row.hidden:
        return f'<td class="number">{escape(row.shown)}</td>'
    sign = "⚠ " if row.style == "unsafe" else ""
    words = f"{sign}hidden{': ' + row.range if row.range else ''}"
    return f'<td class="hidden {row.style}"><a href="#cell-{row.number}">{words}</a></td>'


def _details(rows: list[_Row], keys: list[str]) -> str:
    listed = rows if len(rows) <= _ALL_ROWS else [row for row in rows if row.hidden]
    what = "All cells" if len(listed) == len(rows) else f"The hidden cells of {len(rows):,}"
    heads = [*keys, "shown", "a reader can infer", "verdict", "reason"]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    lines = []
    for row in listed:
        place = "".join(f"<td>{_label(key)}</td>" for key in row.place)
        kind = "hidden" if row.hidden else "number"
        reason = "" if row.found is None else escape(str(row.found["reason"] or "")).replace("\n", "<br>")
        lines.append(
            f'<tr id="cell-{row.number}" class="{row.style}">{place}<td class="{kind}">{escape(row.shown)}</td>'
            f'<td>{row.range}</td><td class="verdict">{row.words}</td><td>{reason}</td></tr>'
        )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Cells"><table><caption>{what}.</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{chr(10).join(lines)}</tbody></table></div>"
    )
