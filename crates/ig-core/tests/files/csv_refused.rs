//! What is not a CSV table, and what is said about it.

use super::{csv, file, read};
use ig_core::files::read_table;

const NUMBER: &str = "9990000018";

fn reason(bytes: impl AsRef<[u8]>) -> String {
    let error = csv(bytes).expect_err("refused");
    assert_eq!(error.code(), "misuse.not_csv", "{error}");
    let shown = format!("{error} {error:?} {:?}", error.context());
    for secret in [NUMBER, "999 000 0018", "Smith", "secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    error.to_string()
}

#[test]
fn files_of_another_kind() {
    assert!(reason("").contains("empty"));
    assert!(reason("\u{feff}").contains("empty"));
    assert!(reason(b"PK\x03\x04rest of a spreadsheet").contains("spreadsheet"));
    assert!(reason(b"PAR1xxxxPAR1").contains("Parquet"));
    let wide: Vec<u8> = format!("id,n\n{NUMBER},1\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(reason(&wide).contains("UTF-16"));
    assert!(reason([&[0xff, 0xfe], &wide[..]].concat()).contains("UTF-16"));
    assert!(reason(b"id,name\n9990000018,Zo\xeb Smith\n").contains("UTF-8"));
    for separator in [";", "\t", "|"] {
        assert!(reason(format!("id{separator}name\n{NUMBER}{separator}Smith\n")).contains("commas"));
    }
}

#[test]
fn bytes_that_are_not_utf8_far_into_the_file() {
    let mut bytes = "id,name\n".to_owned().into_bytes();
    (0..20_000).for_each(|_| bytes.extend(b"9990000018,Smith\n"));
    bytes.extend(b"9990000018,Zo\xeb\n");
    assert!(reason(bytes).contains("near line 20002"));
}

#[test]
fn headers() {
    assert!(reason(format!("{NUMBER},1980-01-02,M13 9PL\n1,2,3\n")).contains("header"));
    // Most of this person's cells could be names, but one is an NHS number.
    assert!(reason(format!("Smith,secret,M,{NUMBER}\n1,2,3,4\n")).contains("header"));
    assert!(reason("Smith,secret,999 000 0018\n1,2,3\n").contains("header"));
    assert!(reason("id,,n\n1,2,3\n").contains("no name"));
    assert!(reason("id,n,id\n1,2,3\n").contains("same name"));
}

#[test]
fn a_row_of_another_length_is_named_by_its_line() {
    for (text, line) in [
        (format!("id,name\n{NUMBER}\n"), 2),
        (format!("id,name\n1,2\n{NUMBER},Smith,secret\n"), 3),
        (format!("\u{feff}id,name\r\n1,2\r\n1,2\r\n{NUMBER},Smith,secret\r\n"), 4),
    ] {
        assert!(reason(text).contains(&format!("near line {line} ")), "line {line}");
    }
}

#[test]
fn a_stray_quote_does_not_swallow_rows() {
    // Each of these is read by a lenient parser, with whole rows inside one cell.
    for (text, line) in [
        (format!("id,note\n1,\"Smith\n{NUMBER},secret\n"), 2),
        (format!("id,note\n1,a\n2,\"Smith\n{NUMBER},\"secret\n3,c\n"), 3),
        (format!("id,note\n\"1\"{NUMBER},a\n"), 2),
    ] {
        assert!(reason(text).contains(&format!("at line {line} ")), "line {line}");
    }
}

#[test]
fn paths_that_lead_to_no_table() {
    let folder = tempfile::tempdir().expect("folder");
    let code = |name: &str| read_table(&folder.path().join(name)).map(|_| ()).expect_err("refused").code();
    assert_eq!(code("absent.csv"), "misuse.unreadable");
    assert_eq!(code("table.txt"), "misuse.file_kind");
    assert_eq!(code("table"), "misuse.file_kind");
    std::fs::create_dir(folder.path().join("folder.csv")).expect("made");
    assert_eq!(code("folder.csv"), "misuse.unreadable");
    let (_folder, path) = file("TABLE.CSV", "id\n1\n");
    assert_eq!(read(&path).expect("read").1.len(), 1);
}
