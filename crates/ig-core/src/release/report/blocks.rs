//! The blocks that a page is made of: sections, lists of names and values, tables.

use super::markup::Markup;

/// A section under its heading.
pub(super) fn section(id: &'static str, heading: &str, inner: Markup) -> Markup {
    let head = Markup::element("h2", &[("id", id)], Markup::text(heading));
    Markup::element("section", &[("aria-labelledby", id)], head.and(inner))
}

/// Names with their values; a name without a value is left out.
pub(super) struct Facts(Markup);

impl Facts {
    pub(super) const fn new(none: Markup) -> Self {
        Self(none)
    }

    /// One name with its values, each on a line of its own.
    pub(super) fn and(mut self, name: &str, values: &[String]) -> Self {
        if !values.is_empty() {
            let lines = values.iter().map(|value| Markup::of("dd", value)).collect();
            let pair = Markup::of("dt", name).and(lines);
            self.0 = self.0.and(Markup::element("div", &[], pair));
        }
        self
    }

    pub(super) fn list(self) -> Markup {
        Markup::element("dl", &[], self.0)
    }
}

/// How the cells of a column stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// What the row is about.
    Name,
    /// Text.
    Text,
    /// Numbers, right-aligned.
    Number,
}

/// A table with a caption and headings. On a narrow page each row becomes a block whose cells carry their headings; the
/// roles are written out, since some browsers forget them then.
pub(super) struct Table {
    columns: &'static [(Column, &'static str)],
    caption: &'static str,
    rows: Markup,
}

impl Table {
    pub(super) fn new(caption: &'static str, columns: &'static [(Column, &'static str)]) -> Self {
        Self { columns, caption, rows: Markup::none() }
    }

    /// Adds a row of as many cells as there are columns.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Markup>) {
        let cells = self.columns.iter().zip(cells).map(|((column, label), cell)| match column {
            Column::Name => Markup::element("th", &[("scope", "row"), ("role", "rowheader")], cell),
            Column::Text => Markup::element("td", &[("role", "cell"), ("data-label", label)], cell),
            Column::Number => {
                Markup::element("td", &[("role", "cell"), ("data-label", label), ("class", "number")], cell)
            }
        });
        let row = Markup::element("tr", &[("role", "row")], cells.collect());
        self.rows = std::mem::take(&mut self.rows).and(row);
    }

    pub(super) fn markup(self) -> Markup {
        let heads = self.columns.iter().map(|(column, label)| {
            let class = if *column == Column::Number { "number" } else { "text" };
            let attributes = [("scope", "col"), ("role", "columnheader"), ("class", class)];
            Markup::element("th", &attributes, Markup::text(label))
        });
        let heads = Markup::element("tr", &[("role", "row")], heads.collect());
        let group = [("role", "rowgroup")];
        let inner = Markup::of("caption", self.caption)
            .and(Markup::element("thead", &group, heads))
            .and(Markup::element("tbody", &group, self.rows));
        Markup::element("table", &[("role", "table")], inner)
    }
}
