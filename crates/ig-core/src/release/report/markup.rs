//! HTML in which every text from outside is escaped.

use std::fmt::Write;

/// A piece of HTML. Names of elements and attributes are written in this library; every other text goes in escaped, so
/// that nothing in an agreement or a request can become part of the page's structure.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Nothing.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Text, escaped.
    pub(super) fn text(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        text.chars().for_each(|character| push(&mut out, character));
        Self(out)
    }

    /// The style sheet, which is part of this library.
    pub(super) fn style(sheet: &'static str) -> Self {
        Self(format!("<style>\n{sheet}</style>\n"))
    }

    /// An element around other HTML.
    #[allow(clippy::needless_pass_by_value, reason = "pieces are made where they are put, once")]
    pub(super) fn element(name: &'static str, attributes: &[(&'static str, &str)], inner: Self) -> Self {
        let mut out = format!("<{name}");
        for (attribute, value) in attributes {
            let _ = write!(out, " {attribute}=\"{}\"", Self::text(value).0);
        }
        out.push('>');
        out.push_str(&inner.0);
        let _ = write!(out, "</{name}>");
        // A line for each block keeps the page readable as text.
        if matches!(name, "h1" | "h2" | "p" | "li" | "tr" | "dl" | "div" | "section" | "caption" | "svg" | "g") {
            out.push('\n');
        }
        Self(out)
    }

    /// An element without attributes around text.
    pub(super) fn of(name: &'static str, text: &str) -> Self {
        Self::element(name, &[], Self::text(text))
    }

    /// An element that has no content, such as `meta`.
    pub(super) fn void(name: &'static str, attributes: &[(&'static str, &str)]) -> Self {
        let mut out = Self::element(name, attributes, Self::none()).0;
        out.truncate(out.rfind("</").unwrap_or(out.len()));
        Self(out)
    }

    /// This and then more.
    #[allow(clippy::needless_pass_by_value, reason = "pieces are made where they are put, once")]
    pub(super) fn and(mut self, more: Self) -> Self {
        self.0.push_str(&more.0);
        self
    }

    /// The whole page.
    pub(super) fn page(self) -> String {
        format!("<!DOCTYPE html>\n{}\n", self.0)
    }
}

impl FromIterator<Self> for Markup {
    fn from_iter<I: IntoIterator<Item = Self>>(pieces: I) -> Self {
        pieces.into_iter().fold(Self::none(), Self::and)
    }
}

/// Signs that turn the direction of text could make a sentence of ours read otherwise; they are shown as what they are.
fn push(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        character if character.is_control() => out.push(char::REPLACEMENT_CHARACTER),
        character => out.push(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let page = Markup::element("p", &[("title", "\"><b>")], Markup::text("<i> & 'x'\u{202e}\u{0}é"));
        let expected = "<p title=\"&quot;&gt;&lt;b&gt;\">&lt;i&gt; &amp; &#39;x&#39;\u{fffd}\u{fffd}é</p>\n";
        assert_eq!(page.0, expected);
    }

    #[test]
    fn pieces_are_put_one_after_the_other() {
        let page: Markup = [Markup::of("b", "1"), Markup::void("br", &[]), Markup::text("2")].into_iter().collect();
        assert_eq!(page.page(), "<!DOCTYPE html>\n<b>1</b><br>2\n");
    }
}
