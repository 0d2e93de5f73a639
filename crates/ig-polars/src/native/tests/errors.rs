//! Errors: they begin with their code, say where, and hold no value and no key.

use super::all_acts::pseudonymise;
use super::*;
use ig_core::{Context, Encoding, Key, KeyId, Kind, OnInvalid, PseudonymFormat, Pseudonymiser};

#[test]
fn invalid_cells_are_counted_and_placed_but_not_shown() {
    let act = ColumnAct::FormatNhsNumber { on_invalid: OnInvalid::Raise };
    let (mut column, _) = text(&[Some("9990000018"), None]);
    column.append(&text(&[Some("9990000017"), Some("secret")]).0).expect("appended");
    for message in [refused(column.ig(act.clone())), refused(collected(&column, &act))] {
        assert!(message.starts_with("nhs_ig[identifier.invalid_cells]: 2 cells of column x"), "{message}");
        assert!(message.contains("row 3 of this batch"), "{message}");
        assert!(!message.contains("9990000017") && !message.contains("secret"), "{message}");
    }
}

#[test]
fn a_key_that_is_not_loaded_is_asked_for_when_the_plan_runs() {
    let key = Key::generate_named(KeyId::new("native-not-loaded").expect("id")).expect("key");
    let context = Context::new("DSA-1").expect("context");
    let format = PseudonymFormat::default();
    let spec = Pseudonymiser::new(&key, context, Kind::nhs_number(), format).expect("may").spec().clone();
    let act = ColumnAct::Pseudonymise { spec, on_invalid: OnInvalid::Raise };
    let (column, _) = text(&[Some("9990000018")]);
    let mut plan = frame(&column).lazy().select([col("x").ig(act)]);
    plan.collect_schema().expect("a plan needs no key");
    let error = plan.collect().expect_err("not loaded").to_string();
    assert!(error.starts_with("nhs_ig[key.unavailable]: "), "{error}");
}

#[test]
fn another_key_under_the_same_id_is_noticed() {
    let ColumnAct::Pseudonymise { mut spec, on_invalid } = pseudonymise(Encoding::Hex) else { unreachable!() };
    spec.check_value = "0000000000".to_owned();
    let message = refused(text(&[Some("9990000018")]).0.ig(ColumnAct::Pseudonymise { spec, on_invalid }));
    assert!(message.starts_with("nhs_ig[key.mismatch]: "), "{message}");
}

#[test]
fn a_name_that_looks_like_data_is_not_shown() {
    let column = Series::new("9990000018".into(), [true]);
    let message = refused(column.ig(ColumnAct::IsNhsNumber));
    assert!(message.starts_with("nhs_ig[misuse.column_type]: ") && !message.contains("9990000018"), "{message}");
}

#[test]
fn a_panic_becomes_an_error_without_its_text() {
    let error = crate::abi::contained::<()>(|| panic!("9990000018")).expect_err("a defect").tagged();
    assert!(error.starts_with("nhs_ig[misuse.defect]: ") && !error.contains("9990000018"), "{error}");
}
