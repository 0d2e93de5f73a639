//! One of every act, with a column for it.

use super::*;
use arrow::array::{Date32Array, Float64Array, Int64Array, StructArray};
use arrow::datatypes::Field as ArrowField;
use ig_core::composite::{CompositePseudonymiser, Kinds};
use ig_core::format_preserving::{CheckDigit, NumberCipher};
use ig_core::mask::{AgeBand, CodeLimit, DateLevel, DateShifter, MaskPartial, Number, RoundTo, ShiftRange};
use ig_core::opt_out::{
    ExpectedOptOuts, FilterRef, NotOptedOut, OptOutFilter, OptOutRuling, OptOuts, Unchecked, register_opt_out_filter,
};
use ig_core::scrub::ScrubSettings;
use ig_core::suppression::{PrimaryRule, SuppressionPolicy};
use ig_core::token::Tokeniser;
use ig_core::{Context, Encoding, Key, KeyId, Kind, Length, OnInvalid, PostcodeLevel, PseudonymFormat};
use ig_core::{NhsNumber, Pseudonymiser, process_keys};
use polars::prelude::{DataType, IntoSeries, StructChunked};

pub(super) struct Case {
    pub(super) act: ColumnAct,
    pub(super) series: Series,
    pub(super) array: ArrayRef,
}

/// What the key consists of; no text of the process may hold it.
pub(super) const KEY: &[u8; 32] = b"a-test-key-of-thirty-two-bytes!!";

pub(super) fn key() -> Arc<Key> {
    let key = Key::from_bytes(KeyId::new("native-test").expect("id"), KEY).expect("key");
    let key = Arc::new(key);
    // Tests of one process share its ring; the same key again is no error, or was added by another test.
    process_keys(|ring| ring.key(key.id()).is_ok() || ring.add(Arc::clone(&key)).is_ok());
    key
}

pub(super) fn pseudonymise(encoding: Encoding) -> ColumnAct {
    let format = PseudonymFormat { encoding, length: Length::default() };
    let spec = Pseudonymiser::new(&key(), context(), Kind::nhs_number(), format).expect("may").spec().clone();
    ColumnAct::Pseudonymise { spec, on_invalid: OnInvalid::Null }
}

/// A filter under which one person has opted out, and whoever was never checked is withheld.
fn opt_outs() -> FilterRef {
    let [stays, goes] = ["9990000018", "9990000026"].map(|text| NhsNumber::parse(text).expect("valid"));
    let day = time::macros::date!(2026 - 11 - 22);
    let answer = NotOptedOut::from_check_service([stays, goes], [stays], day, ExpectedOptOuts::Default).expect("fits");
    let lists = OptOuts::new().with_not_opted_out(answer);
    let filter = OptOutFilter::new(&OptOutRuling::unknown(), &lists, day, Unchecked::Withhold).expect("fresh");
    register_opt_out_filter(Arc::new(filter)).expect("random bytes")
}

fn context() -> Context {
    Context::new("DSA-2026-014").expect("context")
}

fn fields(first: (Series, ArrayRef), second: (Series, ArrayRef)) -> (Series, ArrayRef) {
    let field = |name, array: ArrayRef| (Arc::new(ArrowField::new(name, array.data_type().clone(), true)), array);
    let series = [first.0.with_name("a".into()), second.0.with_name("b".into())];
    let series = StructChunked::from_series("x".into(), series[0].len(), series.iter()).expect("fields");
    (series.into_series(), Arc::new(StructArray::from(vec![field("a", first.1), field("b", second.1)])))
}

fn days(days: &[Option<i32>]) -> (Series, ArrayRef) {
    let series = Series::new("x".into(), days).cast(&DataType::Date).expect("dates");
    (series, Arc::new(Date32Array::from(days.to_vec())))
}

fn whole(numbers: &[Option<i64>]) -> (Series, ArrayRef) {
    (Series::new("x".into(), numbers), Arc::new(Int64Array::from(numbers.to_vec())))
}

fn decimal(numbers: &[Option<f64>]) -> (Series, ArrayRef) {
    (Series::new("x".into(), numbers), Arc::new(Float64Array::from(numbers.to_vec())))
}

/// Columns that have valid cells, invalid ones and nulls.
pub(super) fn cases() -> Vec<Case> {
    let on_invalid = OnInvalid::Null;
    let numbers = || text(&[Some("999 000 0018"), None, Some("9990000017"), Some("9990000026"), Some("")]);
    let letters =
        || text(&[Some("Zoë Ω"), Some("9990000018"), None, Some(""), Some("a cell longer than twelve bytes")]);
    let dates = || days(&[Some(19_856), None, Some(0), Some(20_000), Some(-3_000)]);
    let kinds = Kinds::new(vec![Kind::nhs_number(), Kind::new("local_id").expect("kind")]).expect("kinds");
    let composite = CompositePseudonymiser::new(&key(), context(), kinds, PseudonymFormat::default()).expect("may");
    let token = Tokeniser::new(&key(), context(), Kind::nhs_number()).expect("may").spec().clone();
    let number = NumberCipher::new(&key(), context(), CheckDigit::Invalid).expect("may").spec().clone();
    let range = ShiftRange::days(30).expect("range");
    let shift = DateShifter::new(&key(), context(), Kind::nhs_number(), range).expect("may").spec().clone();
    let limit = |at| CodeLimit::new(Number::Whole(at)).expect("limit");
    let labelled = CodeLimit::labelled(Number::Whole(90), "90+").expect("limit");
    let ages = || whole(&[Some(34), None, Some(103), Some(-1), Some(0)]);
    let notes =
        text(&[Some("Seen 999 000 0018, rang 01632 960001."), None, Some(""), Some("no data"), Some("9990000018")]);
    let postcodes = text(&[Some("ZZ99 3VZ"), None, Some("not one"), Some("zz993cz"), Some("")]);
    let hes = SuppressionPolicy::preset("hes").expect("preset");
    let measured = decimal(&[Some(1.5), None, Some(-7.49), Some(12.0), Some(1e9)]);
    let pairs = [
        (pseudonymise(Encoding::Hex), numbers()),
        (pseudonymise(Encoding::Bytes), numbers()),
        (ColumnAct::PseudonymiseFields { spec: composite.spec().clone(), on_invalid }, fields(numbers(), letters())),
        (ColumnAct::Tokenise { spec: token, on_invalid }, numbers()),
        (ColumnAct::EncryptNumbers { spec: number, on_invalid }, numbers()),
        (ColumnAct::Redact, letters()),
        (ColumnAct::MaskPartial(MaskPartial::new(1, 2, '*').expect("mask")), letters()),
        (ColumnAct::GeneraliseDate { to: DateLevel::FinancialYear, on_invalid }, dates()),
        (ColumnAct::ShiftDate { spec: shift, on_invalid }, fields(dates(), numbers())),
        (ColumnAct::TopCode { limit: labelled, on_invalid }, ages()),
        (ColumnAct::TopCode { limit: limit(90), on_invalid }, ages()),
        (ColumnAct::BottomCode { limit: limit(10), on_invalid }, ages()),
        (ColumnAct::RoundTo { round: RoundTo::new(5).expect("base"), on_invalid }, measured),
        (ColumnAct::SuppressPrimary { rule: PrimaryRule::of(&hes), on_invalid }, ages()),
        (ColumnAct::AgeBand { bands: AgeBand::default(), on_invalid }, ages()),
        (ColumnAct::ScrubText(ScrubSettings::default()), notes),
        (ColumnAct::Postcode { to: PostcodeLevel::District, on_invalid }, postcodes),
        (ColumnAct::MayStay(opt_outs()), numbers()),
        (ColumnAct::IsNhsNumber, numbers()),
        (ColumnAct::InvalidReason, numbers()),
        (ColumnAct::NormaliseNhsNumber { on_invalid }, numbers()),
        (
            ColumnAct::FormatNhsNumber { on_invalid },
            whole(&[Some(9_990_000_018), None, Some(1), Some(9_990_000_026), None]),
        ),
        (ColumnAct::NhsNumberRegion { on_invalid }, numbers()),
    ];
    pairs.into_iter().map(|(act, (series, array))| Case { act, series, array }).collect()
}
