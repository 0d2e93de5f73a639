//! Two documents as plain data, compared place by place.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A place where two documents differ.
pub(super) struct Found {
    /// With names, as it is shown.
    pub(super) shown: String,
    /// The keys alone, such as `dataset.field.transform`.
    pub(super) keys: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// The key that names the entries of a list of tables.
fn name_key(list: &str) -> &'static str {
    match list {
        "purpose" => "code",
        "signature" | "contact" => "organisation",
        "approval" => "role",
        "row_filter" => "field",
        "hierarchy" => "column",
        _ => "name",
    }
}

pub(super) fn compare(old: &Value, new: &Value, found: &mut Vec<Found>) {
    Walk { found }.values("", "", Some(old), Some(new));
}

struct Walk<'f> {
    found: &'f mut Vec<Found>,
}

impl Walk<'_> {
    fn values(&mut self, shown: &str, keys: &str, old: Option<&Value>, new: Option<&Value>) {
        // A list that is not there and an empty one say the same.
        let empty = |value: Option<&Value>| value.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
        if old == new || (empty(old) && empty(new)) {
            return;
        }
        // A transform is one thing: its settings mean nothing apart from it.
        let whole = keys.ends_with("transform");
        match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) if !whole => self.tables(shown, keys, old, new),
            (old, new) if holds_tables(old) || holds_tables(new) => {
                self.lists(shown, keys, old, new);
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) if is_set(keys) => self.sets(shown, keys, old, new),
            _ => self.found.push(Found {
                shown: shown.to_owned(),
                keys: keys.to_owned(),
                before: old.cloned(),
                after: new.cloned(),
            }),
        }
    }

    fn tables(&mut self, shown: &str, keys: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        let all: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for key in all {
            let below = |path: &str| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.values(&below(shown), &below(keys), old.get(key), new.get(key));
        }
    }

    /// Lists of tables, whose entries are told apart by name.
    fn lists(&mut self, shown: &str, keys: &str, old: Option<&Value>, new: Option<&Value>) {
        let (old, new) = (named(keys, old), named(keys, new));
        let all: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for name in all {
            self.values(&format!("{shown}[{name}]"), keys, old.get(name).copied(), new.get(name).copied());
        }
    }

    /// Lists of words: what is only in one of them.
    fn sets(&mut self, shown: &str, keys: &str, old: &[Value], new: &[Value]) {
        let only = |these: &[Value], those: &[Value]| -> Vec<Value> {
            these.iter().filter(|value| !those.contains(value)).cloned().collect()
        };
        for (values, added) in [(only(old, new), false), (only(new, old), true)] {
            for value in values {
                let (before, after) = if added { (None, Some(value)) } else { (Some(value), None) };
                self.found.push(Found { shown: shown.to_owned(), keys: keys.to_owned(), before, after });
            }
        }
    }
}

/// The columns of a table and the levels of a hierarchy are in an order that means something.
fn is_set(keys: &str) -> bool {
    !matches!(keys, "output.by" | "output.hierarchy.levels")
}

fn holds_tables(value: Option<&Value>) -> bool {
    value.and_then(Value::as_array).is_some_and(|items| items.first().is_some_and(Value::is_object))
}

/// The entries by name; the second of the same name is `name, 2`.
fn named<'v>(keys: &str, list: Option<&'v Value>) -> BTreeMap<String, &'v Value> {
    let key = name_key(keys.rsplit('.').next().unwrap_or(keys));
    let mut all = BTreeMap::new();
    for item in list.and_then(Value::as_array).into_iter().flatten() {
        let name = item.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut unique = name.to_owned();
        let mut number = 2;
        while all.contains_key(&unique) {
            unique = format!("{name}, {number}");
            number += 1;
        }
        all.insert(unique, item);
    }
    all
}
