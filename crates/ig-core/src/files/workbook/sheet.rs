//! The sheet as text: cells in the order of rows.

use super::cells::{SheetCell, SheetColumn};
use arrow::datatypes::SchemaRef;
use std::io::{self, Write};

/// Styles of `styles.xml`, by their place there.
pub(super) const QUOTED: usize = 1;
pub(super) const DAY: usize = 2;
pub(super) const MOMENT: usize = 3;

const SECONDS_IN_DAY: f64 = 86_400.0;

pub(super) fn begin(out: &mut impl Write) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
          <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
    )
}

pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"</sheetData></worksheet>\n")
}

/// The names of the columns, as text like any other.
pub(super) fn header(out: &mut impl Write, schema: &SchemaRef) -> io::Result<()> {
    out.write_all(b"<row r=\"1\">")?;
    for (place, field) in schema.fields().iter().enumerate() {
        cell(out, place, 1, &SheetCell::Text(field.name()))?;
    }
    out.write_all(b"</row>")
}

/// One row, counted from 1 below the header.
pub(super) fn row(out: &mut impl Write, number: u64, columns: &[SheetColumn], row: usize) -> io::Result<()> {
    write!(out, "<row r=\"{}\">", number + 1)?;
    for (place, column) in columns.iter().enumerate() {
        cell(out, place, number + 1, &column.cell(row))?;
    }
    out.write_all(b"</row>")
}

fn cell(out: &mut impl Write, column: usize, row: u64, cell: &SheetCell) -> io::Result<()> {
    let place = letters(column);
    match cell {
        SheetCell::Empty => Ok(()),
        SheetCell::Text(text) => {
            // Excel would read it as a formula if somebody edited it.
            let style = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { QUOTED } else { 0 };
            write!(out, "<c r=\"{place}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">")?;
            escaped(out, text)?;
            out.write_all(b"</t></is></c>")
        }
        SheetCell::Number(number) => write!(out, "<c r=\"{place}{row}\"><v>{number}</v></c>"),
        SheetCell::Boolean(truth) => write!(out, "<c r=\"{place}{row}\" t=\"b\"><v>{}</v></c>", u8::from(*truth)),
        SheetCell::Day(day) => write!(out, "<c r=\"{place}{row}\" s=\"{DAY}\"><v>{day}</v></c>"),
        SheetCell::Moment(day, second) => {
            // Twelve places of a day are a ten-millionth of a second.
            let part = format!("{:.12}", f64::from(*second) / SECONDS_IN_DAY);
            write!(out, "<c r=\"{place}{row}\" s=\"{MOMENT}\"><v>{day}{}</v></c>", &part[1..])
        }
    }
}

/// A, B, … Z, AA, AB and so on.
fn letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

/// Text as XML. What XML cannot hold is written `_x0001_`, as Excel does, and so is the sign that begins such a piece.
fn escaped(out: &mut impl Write, text: &str) -> io::Result<()> {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        let instead = match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '\r' => "&#13;".to_owned(),
            '\t' | '\n' => continue,
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => format!("_x{:04X}_", u32::from(character)),
            '_' if is_escape(&text[at..]) => "_x005F_".to_owned(),
            _ => continue,
        };
        out.write_all(&text.as_bytes()[plain..at])?;
        out.write_all(instead.as_bytes())?;
        plain = at + character.len_utf8();
    }
    out.write_all(&text.as_bytes()[plain..])
}

/// Whether Excel would read what stands here as one character.
pub(super) fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes.starts_with(b"_x") && bytes[2..6].iter().all(u8::is_ascii_hexdigit) && bytes[6] == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_a_sheet() {
        for (column, expected) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        let text = |text: &str| {
            let mut out = Vec::new();
            escaped(&mut out, text).expect("written");
            String::from_utf8(out).expect("text")
        };
        assert_eq!(text("a<b>&\"c'"), "a&lt;b&gt;&amp;\"c'");
        assert_eq!(text("a\tb\nc\rd"), "a\tb\nc&#13;d");
        assert_eq!(text("\u{1}\u{0}\u{ffff}é😀"), "_x0001__x0000__xFFFF_é😀");
        assert_eq!(text("_x0041_ _x41_ _x00g1_"), "_x005F_x0041_ _x41_ _x00g1_");
    }
}
