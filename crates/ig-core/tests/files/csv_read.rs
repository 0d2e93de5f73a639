//! CSV as other programs write it.

use super::{cells, csv};

#[test]
fn every_cell_is_text_and_an_empty_one_is_null() {
    let (names, rows) = csv("id,n,d\n0000000018,1.0,2024-01-02\n,,\n\"\",x,\n").expect("read");
    assert_eq!(names, ["id", "n", "d"]);
    assert_eq!(rows, [cells(&["0000000018", "1.0", "2024-01-02"]), cells(&["", "", ""]), cells(&["", "x", ""])]);
}

#[test]
fn byte_order_mark_and_line_ends_are_not_data() {
    let plain = csv("id,n\n1,a\n2,b\n").expect("read");
    for text in
        ["\u{feff}id,n\n1,a\n2,b\n", "id,n\r\n1,a\r\n2,b\r\n", "id,n\n1,a\n2,b", "\u{feff}\"id\",n\r\n1,a\r\n2,\"b\""]
    {
        assert_eq!(csv(text).expect("read"), plain, "{text:?}");
    }
}

#[test]
fn quoted_fields_hold_commas_quotes_and_line_ends() {
    let (_, rows) = csv("id,note\n1,\"a,b\"\"c\nd\r\ne\"\n2,6\" pipe\n").expect("read");
    assert_eq!(rows, [cells(&["1", "a,b\"c\nd\r\ne"]), cells(&["2", "6\" pipe"])]);
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    for text in ["id,n", "id,n\n", "\u{feff}id,n\r\n"] {
        let (names, rows) = csv(text).expect("read");
        assert_eq!((names.len(), rows.len()), (2, 0), "{text:?}");
    }
}

#[test]
fn spaces_and_unicode_are_kept_as_they_are() {
    let (names, rows) = csv("id ,Größe\n 1 ,名\u{a0}\n").expect("read");
    assert_eq!((names, rows), (vec!["id ".to_owned(), "Größe".to_owned()], vec![cells(&[" 1 ", "名\u{a0}"])]));
}

#[test]
fn a_huge_field_and_many_rows_are_read_whole() {
    let huge = "x".repeat(3 << 20);
    let (_, rows) = csv(format!("id,note\n1,{huge}\n2,\"{huge}\"\n")).expect("read");
    assert!(rows.iter().all(|row| row[1].as_deref() == Some(&huge)));
    // More than one batch of 65,536 rows, with quoted line ends across the borders of every buffer.
    let many: Vec<String> = (0..70_000).map(|n| format!("{n},\"a\nb\"\n")).collect();
    let (_, rows) = csv(format!("id,note\n{}", many.concat())).expect("read");
    assert_eq!(rows.len(), 70_000);
    assert!(rows.iter().enumerate().all(|(n, row)| row[0] == Some(n.to_string()) && row[1].as_deref() == Some("a\nb")));
}
