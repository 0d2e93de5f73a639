//! A ring as text.

use super::document::{Document, Source};
use std::fmt::Write as _;
use time::Date;
use zeroize::Zeroizing;

const HEADING: &str = "\
# Key ring of nhs_ig. Keep it readable by its owner alone, and a second copy where your organisation keeps secrets.
# Change it with `nhs-ig keys add|promote|retire`; comments are not kept.
";

impl Document {
    /// The file's text, wiped when dropped.
    pub(super) fn to_text(&self) -> Zeroizing<String> {
        let room: usize = self.records.iter().map(|record| 512 + record.entry.purposes.len() * 1600).sum();
        // Made once and large enough: a text that grows leaves pieces behind that nobody wipes.
        let mut text = Zeroizing::new(String::with_capacity(HEADING.len() + 64 + room));
        text.push_str(HEADING);
        text.push_str("schema = 1\n");
        for record in &self.records {
            let entry = &record.entry;
            text.push_str("\n[[key]]\n");
            line(&mut text, "id", &quoted(entry.id.as_str()));
            line(&mut text, "status", &quoted(entry.status.as_str()));
            entry.created.iter().for_each(|date| line(&mut text, "created", &day(*date)));
            entry.retired.iter().for_each(|date| line(&mut text, "retired", &day(*date)));
            if !entry.purposes.is_empty() {
                let purposes: Vec<String> = entry.purposes.iter().map(|purpose| quoted(purpose.as_str())).collect();
                line(&mut text, "purposes", &format!("[{}]", purposes.join(", ")));
            }
            match &record.source {
                // Nothing in a key's text needs an escape, and so it is copied only here.
                Source::Secret(secret) => {
                    text.push_str("secret = \"");
                    text.push_str(secret);
                    text.push_str("\"\n");
                }
                Source::File(path) => line(&mut text, "file", &quoted(path)),
                Source::Env(name) => line(&mut text, "env", &quoted(name)),
                Source::Caller => line(&mut text, "caller", "true"),
            }
            line(&mut text, "check_value", &quoted(&entry.check_value));
        }
        text.push_str("\n[end]\n");
        line(&mut text, "keys", &self.records.len().to_string());
        text
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{name} = {value}");
}

fn day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A basic string of TOML. Control characters cannot come here: no field that is written takes them.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
