//! Acts as data, and acts on whatever cells there are.

use crate::quiet::shows_nothing;
use crate::tokens::counting;
use crate::{Verdict, text};
use arrow::array::{Array, ArrayRef, StringArray};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Field};
use ig_core::columns::{ColumnAct, Place, fields_column};
use ig_core::process_keys;
use std::sync::{Arc, LazyLock};

/// The key that the acts of the corpus name, in the ring of this process.
static KEY: LazyLock<()> = LazyLock::new(|| process_keys(|ring| ring.add(Arc::new(counting()))).expect("added"));

/// An act that is read says the same as JSON and as a pickle, and runs on a column without harm.
pub fn act_json(data: &[u8]) -> Verdict {
    match serde_json::from_slice::<ColumnAct>(data) {
        Err(_) => Verdict::Refused,
        Ok(act) => {
            check(&act);
            Verdict::Taken
        }
    }
}

/// The arguments of the plugin, which are a pickle of plain data: an act or an error that tells nothing.
pub fn act_pickle(data: &[u8]) -> Verdict {
    let field = Field::new("n", DataType::Utf8, true);
    match ig_polars::output_field(&field, data) {
        Err(error) => {
            shows_nothing(data, &error);
            assert_eq!(error.code(), "misuse.argument");
            Verdict::Refused
        }
        Ok(field) => {
            assert_eq!(field.name(), "n");
            LazyLock::force(&KEY);
            if let Err(error) = ig_polars::act_on_chunks("n", &[texts(&["9990000018", "x"])], data) {
                shows_nothing(data, &error);
            }
            Verdict::Taken
        }
    }
}

fn check(act: &ColumnAct) {
    let json = serde_json::to_string(act).expect("plain data");
    assert_eq!(&serde_json::from_str::<ColumnAct>(&json).expect("its own text"), act);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let pickle = serde_pickle::to_vec(&value, serde_pickle::SerOptions::new()).expect("plain data");
    let again: ColumnAct = serde_pickle::from_slice(&pickle, serde_pickle::DeOptions::new()).expect("its own pickle");
    assert_eq!(&again, act);
    LazyLock::force(&KEY);
    if let Ok(act) = act.prepare()
        && let Ok((made, _)) = act.apply(&texts(&["9990000018", "2024-02-29", "M13 9PL", "90", ""]), &place())
    {
        assert_eq!(made.len(), 5);
    }
}

/// Every act on the lines of the input: the same from one array, from slices and from a dictionary.
pub fn act_on_cells(data: &[u8]) -> Verdict {
    LazyLock::force(&KEY);
    let text = text(data);
    let cells: Vec<&str> = text.split('\n').take(64).collect();
    let plain = texts(&cells);
    let twin = fields(&cells);
    let mut verdict = Verdict::Refused;
    for act in &*ACTS {
        let column = match act {
            ColumnAct::ShiftDate { .. } | ColumnAct::PseudonymiseFields { .. } => &twin,
            _ => &plain,
        };
        let prepared = act.prepare().expect("the key is here");
        let whole = match prepared.apply(column, &place()) {
            Err(error) => {
                shows_nothing(data, &error);
                continue;
            }
            Ok((whole, _)) => whole,
        };
        assert_eq!(whole.len(), cells.len());
        let middle = cells.len() / 2;
        let halves = [column.slice(0, middle), column.slice(middle, cells.len() - middle)];
        let halves = prepared.apply_chunks(&halves, &place()).expect("as the whole").chunks;
        let joined = concat(&halves.iter().map(AsRef::as_ref).collect::<Vec<_>>()).expect("one type");
        assert_eq!(&joined, &whole, "{act:?}");
        if matches!(column.data_type(), DataType::Utf8) {
            let kind = DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8));
            let packed = arrow::compute::cast(column, &kind).expect("a dictionary");
            let (unpacked, _) = prepared.apply(&packed, &place()).expect("as the whole");
            assert_eq!(&unpacked, &whole, "{act:?}");
        }
        if reads(act) && whole.null_count() < whole.len() {
            verdict = Verdict::Taken;
        }
    }
    verdict
}

/// Whether an act reads its cells as something, so that a cell without an output says that it is not that.
const fn reads(act: &ColumnAct) -> bool {
    use ColumnAct as A;
    matches!(
        act,
        A::GeneraliseDate { .. }
            | A::TopCode { .. }
            | A::Postcode { .. }
            | A::NormaliseNhsNumber { .. }
            | A::AgeBand { .. }
    )
}

fn place() -> Place {
    Place::column("n")
}

fn texts(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// The cells beside themselves backwards.
fn fields(cells: &[&str]) -> ArrayRef {
    let backwards: Vec<&str> = cells.iter().rev().copied().collect();
    fields_column(vec![texts(cells), texts(&backwards)]).expect("two columns of one length")
}

/// Every act with settings of its own, invalid cells set to null.
static ACTS: LazyLock<Vec<ColumnAct>> = LazyLock::new(|| {
    let keyed = format!(
        r#""scheme":"v1","key_id":"counting","check_value":"{}","context":"DSA-2026-014","on_invalid":"null""#,
        counting().check_value()
    );
    let act = |name: &str, rest: &str| {
        let json = format!(r#"{{"act":"{name}"{rest}}}"#);
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"))
    };
    let keyed = |name: &str, rest: &str| act(name, &format!(",{keyed}{rest}"));
    let null = r#","on_invalid":"null""#;
    vec![
        keyed("pseudonymise", r#","kind":"nhs_number""#),
        keyed("pseudonymise", r#","kind":"text","length":256,"encoding":"bytes""#),
        keyed("pseudonymise_fields", r#","kinds":["nhs_number","text"]"#),
        keyed("tokenise", r#","kind":"text""#),
        keyed("encrypt_numbers", r#","check":"invalid""#),
        keyed("shift_date", r#","kind":"text","max_days":30"#),
        act("redact", ""),
        act("mask_partial", r#","keep_first":1,"keep_last":2"#),
        act("generalise_date", &format!(r#","to":"quarter"{null}"#)),
        act("top_code", &format!(r#","at":90{null}"#)),
        act("bottom_code", &format!(r#","at":1.5,"label":"low"{null}"#)),
        act("round_to", &format!(r#","base":5{null}"#)),
        act("age_band", null),
        act("postcode", &format!(r#","to":"sector"{null}"#)),
        act("scrub_text", ""),
        act("is_nhs_number", ""),
        act("invalid_reason", ""),
        act("normalise_nhs_number", null),
        act("format_nhs_number", null),
        act("nhs_number_region", null),
    ]
});
