//! Which line of the file each key stands on.

use toml::de::{DeTable, DeValue};

struct Place {
    path: String,
    /// Where its key begins, or an entry of a list.
    start: usize,
}

/// Every key and value of the file with its place.
pub(super) struct Places {
    file: String,
    line_starts: Vec<usize>,
    all: Vec<Place>,
}

impl Places {
    pub(super) fn new(text: &str, file: &str) -> Self {
        let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { file: file.to_owned(), line_starts, all: Vec::new() }
    }

    /// Notes every place of a table.
    pub(super) fn note(&mut self, table: &DeTable<'_>) {
        self.note_table("", table);
    }

    fn note_table(&mut self, parent: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = shown(key.get_ref());
            let path = if parent.is_empty() { name } else { format!("{parent}.{name}") };
            self.all.push(Place { path: path.clone(), start: key.span().start });
            self.note_value(&path, value.get_ref());
        }
    }

    fn note_value(&mut self, path: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => self.note_table(path, table),
            DeValue::Array(items) => {
                for (item, number) in items.iter().zip(1..) {
                    let path = format!("{path}[{number}]");
                    self.all.push(Place { path: path.clone(), start: item.span().start });
                    self.note_value(&path, item.get_ref());
                }
            }
            _ => {}
        }
    }

    pub(super) fn file(&self) -> String {
        self.file.clone()
    }

    /// The line of an offset, from 1.
    pub(super) fn line_at(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= offset) + 1
    }

    /// The line of a path, or of the nearest table around it.
    pub(super) fn line_of(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(place) = self.all.iter().find(|place| place.path == path) {
                return self.line_at(place.start);
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 1,
            }
        }
    }
}

/// A key may be shown in a message, unless it could carry an identifier.
pub(super) fn shown(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    if !key.is_empty() && key.len() <= 64 && digits < 9 && key.bytes().all(plain) {
        key.to_owned()
    } else {
        "(a key that is not shown)".to_owned()
    }
}
