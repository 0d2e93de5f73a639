//! A draft to begin with.

use super::data_use_register as columns;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A commented draft of an agreement, which is read as a valid one and lets nothing out.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A draft made from one row of a Data Use Register, by its public column names; `confidential_description` is taken
/// for `confidential_data_description`, as some versions of the register call it.
///
/// Guarantees that the draft is read as a valid one and lets nothing out: a value that an agreement cannot hold, or
/// that its reader refuses, stays a comment. What the row did not say is listed at the top, marked `MISSING`.
///
/// Does **not** make an agreement: a register has no fields, no transforms and no signatures.
pub fn draft_from_register(row: &BTreeMap<String, String>) -> String {
    let mut draft = Draft { text: TEMPLATE.to_owned(), row, missing: Vec::new() };
    draft.words("project_id_text", "id = \"DSA-TO-BE-WRITTEN\"", "id");
    draft.words("project_title", "title = \"To be written: what the data is for, in one line\"", "title");
    draft.words("organisation_name", "recipient = \"To be written: who receives what is released\"", "recipient");
    draft.days();
    draft.article("legal_basis_for_data_article6", "article_6 = \"6(1)(e)\"", "article_6", "6(1)(");
    draft.article("legal_basis_for_data_article9", "# article_9 = \"9(2)(h)\"", "article_9", "9(2)(");
    draft.sensitivity();
    let rest = [
        "public_benefit_statement",
        "datasets",
        "duty_of_confidentiality",
        "national_data_optout",
        "latest_approval_date",
        "confidential_data_description",
        "dataset_linkage_description",
        "privacy_enhancements",
        "request_frequency",
        "access_type",
        "sublicence_arrangements",
    ];
    draft.finish(&rest)
}

struct Draft<'r> {
    text: String,
    row: &'r BTreeMap<String, String>,
    missing: Vec<&'static str>,
}

impl Draft<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        let other = if column == "confidential_data_description" { "confidential_description" } else { column };
        let cell = self.row.get(column).or_else(|| self.row.get(other))?;
        Some(cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// Puts a line in place of another, unless the reader would refuse the whole for it.
    fn put(&mut self, column: &'static str, from: &str, to: Option<String>) {
        let tried = to.map(|to| self.text.replacen(from, &to, 1));
        match tried.filter(|text| super::Agreement::from_toml(text, "draft").is_ok()) {
            Some(text) => self.text = text,
            None => self.missing.push(column),
        }
    }

    fn words(&mut self, column: &'static str, from: &str, key: &str) {
        let to = self.cell(column).map(|cell| format!("{key} = {}", quoted(cell)));
        self.put(column, from, to);
    }

    /// Start and end only fit together, with a review between them.
    fn days(&mut self) {
        let day = |column| self.cell(column).and_then(|cell| cell.get(..10)).map(str::to_owned);
        let (start, end) = (day("project_start_date"), day("project_end_date"));
        let to = start.zip(end).map(|(start, end)| {
            format!("start = {start}\nend = {end}\n# By this day somebody looks at the whole agreement again; after it, releases stop.\nreview = {end}")
        });
        let from = "start = 2026-04-01\nend = 2027-03-31\n# By this day somebody looks at the whole agreement again; after it, releases stop.\nreview = 2027-01-31";
        let after = self.cell("project_end_date").and_then(|cell| cell.get(..10)).map(str::to_owned);
        // The data may be kept as long as the project lasts; more has to be agreed.
        let whole = to.zip(after).map(|(term, end)| {
            self.text.replacen(from, &term, 1).replacen("until = 2027-09-30", &format!("until = {end}"), 1)
        });
        match whole.filter(|text| super::Agreement::from_toml(text, "draft").is_ok()) {
            Some(text) => self.text = text,
            None => self.missing.push("project_start_date and project_end_date"),
        }
    }

    /// A register says it in a sentence; the condition is taken if exactly one letter stands in it.
    fn article(&mut self, column: &'static str, from: &str, key: &str, before: &str) {
        let found = self.cell(column).and_then(|cell| {
            let mut letters: Vec<_> =
                cell.match_indices(before).filter_map(|(at, _)| cell[at + before.len()..].chars().next()).collect();
            letters.dedup();
            if let [letter] = letters.as_slice() { Some(format!("{key} = \"{before}{letter})\"")) } else { None }
        });
        self.put(column, from, found);
    }

    fn sensitivity(&mut self) {
        let level = self.cell(columns::SENSITIVITY).and_then(columns::sensitivity_of);
        self.put(
            columns::SENSITIVITY,
            "sensitivity = \"aggregate\"",
            level.map(|level| format!("sensitivity = \"{level}\"")),
        );
    }

    /// What the agreement cannot take over goes to the top, as comments for whoever writes the rest.
    fn finish(self, rest: &[&'static str]) -> String {
        let mut top = String::from("# Drafted from one row of a Data Use Register. What it said of the rest:\n");
        for column in rest {
            let said = self.cell(column).map_or_else(|| "MISSING".to_owned(), one_line);
            let _ = writeln!(top, "#   {column}: {said}");
        }
        top.push_str("# MISSING, since no register holds them: fields, transforms, signatures, approvals, retention\n");
        for column in &self.missing {
            let _ = writeln!(top, "# MISSING or not usable as it stands: {column}");
        }
        format!("{top}\n{}", self.text)
    }
}

/// A comment is one line without control characters.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
