//! The demo agreement, read, broken and decided on.

mod changes;
mod decisions;
mod drafts;
mod mistake_table;
mod mistakes;
mod opt_outs;
#[cfg(feature = "schema")]
mod schema;
mod standing;
mod transforms;

use super::diff::transforms::shows_no_more;
use super::*;
use crate::OnInvalid;
use crate::mask::DateLevel;
use time::Date;
use time::macros::date;

/// The demo agreement of `examples`.
const DEMO: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/nhs_ig/demo_data/agreement.toml"));

const DAY: Date = date!(2026 - 11 - 22);

fn demo() -> Agreement {
    Agreement::from_toml(DEMO, "demo.toml").expect("the demo agreement is valid")
}

/// The demo with one piece of text put in place of another, which must be there exactly once.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(DEMO.matches(from).count(), 1, "{from}");
    DEMO.replace(from, to)
}

fn read(text: &str) -> Result<Agreement> {
    Agreement::from_toml(text, "demo.toml")
}

fn good_request() -> Request {
    Request::new("ann.example", "analyst", "Example Analytics Unit", "service_evaluation", DAY)
}

#[test]
fn the_demo_agreement_is_read_as_written() {
    let agreement = demo();
    assert_eq!((agreement.id(), agreement.version()), ("DSA-2026-014", "1.0"));
    // The digest of the same bytes, taken piece by piece.
    let mut hasher = Sha256::new();
    DEMO.as_bytes().chunks(7).for_each(|piece| hasher.update(piece));
    assert_eq!(agreement.sha256(), data_encoding::HEXLOWER.encode(&hasher.finalize()));
    let dids = agreement.dataset("dids").expect("a dataset");
    assert!(dids.field("ETHNIC_CATEGORY").is_none() && dids.field("REFERRER").is_none());
    let year = DateSettings { to: DateLevel::Year, on_invalid: OnInvalid::Null };
    let birth = &dids.field("PERSON_BIRTH_DATE").expect("a field").transform;
    assert_eq!(birth, &FieldTransform::GeneraliseDate(year));
    let output = &agreement.document().output[1];
    assert_eq!((output.kind, output.by.len(), output.margins), (OutputKind::Aggregate, 3, Margins::None));
    assert_eq!(agreement.document().term.end, date!(2029 - 03 - 31));
}

#[test]
fn windows_line_ends_change_the_hash_only() {
    let windows = read(&DEMO.replace('\n', "\r\n")).expect("valid");
    assert_eq!(windows.document(), demo().document());
    assert_ne!(windows.sha256(), demo().sha256());
}

#[test]
fn the_optional_sections_are_read_as_written() {
    let text = changed(
        "[retention]",
        "[[contact]]\norganisation = \"Example ICB\"\nrole = \"DPO\"\nreach = \"dpo@example.org\"\n\n[processing]\npeople = [\"patients\"]\ndata = [\"imaging\"]\nsecurity = [\"encryption\"]\n\n[labels]\nduo = [\"DUO:0000043\"]\ndpv = [\"eu-gdpr:A9-2-h\"]\n\n[retention]",
    );
    let filters = "[[dataset.row_filter]]\nfield = \"SITE\"\njustification = \"Two sites\"\none_of = [\"RR864\", \"RR865\"]\n\n[[dataset.row_filter]]\nfield = \"DIAGNOSTIC_TEST_DATE\"\njustification = \"One year\"\nfrom = 2016-04-01\nto = 2017-03-31\n\n# Published counts";
    let text = text.replacen("# Published counts", filters, 1);
    let agreement = read(&text).expect("valid");
    let document = agreement.document();
    assert_eq!((document.contact.len(), document.processing.people.len()), (1, 1));
    assert_eq!(document.labels.duo, ["DUO:0000043"]);
    let filters = &document.dataset[0].row_filter;
    assert_eq!(filters[0].one_of, [FilterValue::Text("RR864".into()), FilterValue::Text("RR865".into())]);
    assert_eq!(filters[1].from, Some(FilterValue::Day(date!(2016 - 04 - 01))));
}
