//! Names that are allowed to stand in plans, files and logs.

use crate::{Verdict, text};
use ig_core::{Context, KeyId, Kind};

/// Ids, contexts and kinds are taken exactly where the written rule takes them, by a second reading of that rule.
pub fn public_names(data: &[u8]) -> Verdict {
    let text = text(data);
    let low = |b: u8| b.is_ascii_lowercase();
    let id = (1..=32).contains(&text.len()) && text.bytes().all(|b| low(b) || b.is_ascii_digit() || b == b'-');
    assert_eq!(KeyId::new(&text).is_ok(), id, "key id");
    let kind = (1..=64).contains(&text.len())
        && text.bytes().next().is_some_and(low)
        && text.bytes().all(|b| low(b) || b.is_ascii_digit() || b == b'_');
    assert_eq!(Kind::new(&text).is_ok(), kind, "kind");
    let context = (1..=255).contains(&text.len()) && !text.chars().any(char::is_control);
    assert_eq!(Context::new(&text).is_ok(), context, "context");
    if let Ok(context) = Context::new(&text) {
        assert_eq!(context.as_str(), text, "a context is used byte for byte");
    }
    if id || kind || context { Verdict::Taken } else { Verdict::Refused }
}
