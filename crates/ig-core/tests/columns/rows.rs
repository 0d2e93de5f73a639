//! Which rows an error names.

use super::{act, place, pseudonymise};
use arrow::array::{ArrayRef, StringArray};
use ig_core::columns::Place;
use ig_core::{Kind, OnInvalid};
use std::sync::Arc;

fn chunk(cells: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

#[test]
fn the_count_is_of_the_column_and_the_first_row_counts_over_chunks() {
    let good = Some("9990000018");
    let chunks = [
        chunk(&[good, None, good]),
        chunk(&[]),
        chunk(&[good, Some("9990000017"), good]),
        chunk(&[Some("x"), Some("9999999999")]),
    ];
    let act = pseudonymise(&Kind::nhs_number(), OnInvalid::Raise);
    let error = act.apply_chunks(&chunks, &place()).expect_err("refused");
    assert_eq!(error.code(), "identifier.invalid_cells");
    let context = error.context();
    for fact in [("count", "3"), ("row", "5"), ("reason", "identifier.check_digit"), ("column", "column nhs_number")] {
        assert!(context.contains(&(fact.0, fact.1.to_owned())), "{context:?}");
    }
    let later = Place { first_row: 100, ..place() };
    assert!(act.apply(&chunks[2], &later).expect_err("refused").context().contains(&("row", "102".to_owned())));
    let withheld = pseudonymise(&Kind::nhs_number(), OnInvalid::Null).apply_chunks(&chunks, &place()).expect("done");
    assert_eq!(withheld.invalid, 3);
    assert_eq!(withheld.chunks.iter().map(|chunk| chunk.null_count()).collect::<Vec<_>>(), [1, 0, 1, 2]);
}

#[test]
fn no_rows_and_no_chunks_are_fine() {
    let act = act(r#"{"act":"format_nhs_number"}"#);
    assert!(act.apply_chunks(&[], &place()).expect("done").chunks.is_empty());
    assert_eq!(act.apply(&chunk(&[]), &place()).expect("done").0.len(), 0);
}
