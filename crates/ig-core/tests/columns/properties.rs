//! A column is the map of its cells, whatever they are and however it is stored.

use super::{act, over_shapes, pseudonymise, pseudonymiser};
use ig_core::mask::{AgeBand, DateLevel, MaskPartial, generalise_date, parse_date};
use ig_core::{IdentifierError, Kind, NhsNumber, OnInvalid, Postcode, PostcodeLevel};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Numbers that fit and do not, blanks, dates, ages, postcodes and any text; neighbours are often equal.
fn cells() -> impl Strategy<Value = Vec<Option<String>>> {
    let cell = prop_oneof![
        4 => (0..1_000_000_u64).prop_map(|n| format!("{}", 9_990_000_000 + n)),
        4 => (0..100_u64).prop_map(|n| {
            let number = (9_990_000_000 + n * 11..).find_map(|n| NhsNumber::from_unsigned(n).ok()).expect("one in 11");
            number.to_string()
        }),
        1 => "[ \\t.\\-\u{a0}]{0,4}",
        1 => "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
        1 => "[0-9]{1,3}",
        1 => "[A-Z]{1,2}[0-9]{1,2} [0-9][A-Z]{2}",
        2 => any::<String>(),
    ];
    vec((option::weighted(0.8, cell), 1..4_usize), 0..40)
        .prop_map(|runs| runs.into_iter().flat_map(|(cell, times)| vec![cell; times]).collect())
}

/// What single values become; `None` where the cell has no output.
fn mapped(
    cells: &[Option<String>],
    single: impl Fn(&str) -> Result<Option<String>, IdentifierError>,
) -> (Vec<Option<String>>, u64) {
    let mut invalid = 0;
    let one = |cell: &Option<String>| {
        cell.as_deref().and_then(|cell| {
            single(cell).unwrap_or_else(|_| {
                invalid += 1;
                None
            })
        })
    };
    (cells.iter().map(one).collect(), invalid)
}

fn unless_blank(
    cell: &str,
    out: impl FnOnce() -> Result<String, IdentifierError>,
) -> Result<Option<String>, IdentifierError> {
    if cell.trim().is_empty() { Ok(None) } else { out().map(Some) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pseudonyms_are_the_map_of_single_ones(cells in cells()) {
        for kind in [Kind::nhs_number(), Kind::text()] {
            let single = pseudonymiser(&kind);
            let wanted = mapped(&cells, |cell| single.pseudonymise(cell));
            prop_assert_eq!(over_shapes(&pseudonymise(&kind, OnInvalid::Null), &cells), Ok(wanted.clone()));
            let refused = over_shapes(&pseudonymise(&kind, OnInvalid::Raise), &cells);
            prop_assert_eq!(refused.is_err(), wanted.1 > 0);
            if let Err(error) = refused {
                for cell in cells.iter().flatten().filter(|cell| cell.len() > 12) {
                    let shown = format!("{error} {error:?}");
                    prop_assert!(!shown.contains(cell.as_str()));
                }
            }
        }
    }

    #[test]
    fn one_person_has_one_pseudonym_and_two_have_two(numbers in vec(0..60_u64, 2..30)) {
        let number = |n: &u64| (9_990_000_000 + n * 11..).find_map(|n| NhsNumber::from_unsigned(n).ok()).expect("some");
        let cells: Vec<_> = numbers.iter().map(|n| Some(number(n).as_str().to_owned())).collect();
        let (out, _) = over_shapes(&pseudonymise(&Kind::nhs_number(), OnInvalid::Raise), &cells).expect("valid");
        for (a, x) in cells.iter().zip(&out) {
            for (b, y) in cells.iter().zip(&out) {
                prop_assert_eq!(a == b, x == y);
            }
        }
    }

    #[test]
    fn the_other_acts_are_the_map_of_single_ones(cells in cells()) {
        let check = |json: &str, single: &dyn Fn(&str) -> Result<Option<String>, IdentifierError>| {
            let wanted = mapped(&cells, single);
            prop_assert_eq!(over_shapes(&act(json), &cells), Ok(wanted), "{}", json);
            Ok(())
        };
        check(r#"{"act":"redact"}"#, &|_| Ok(Some("[REDACTED]".to_owned())))?;
        let mask = MaskPartial::new(1, 2, '*').expect("usable");
        check(r#"{"act":"mask_partial","keep_first":1,"keep_last":2}"#, &|cell| Ok(Some(mask.mask(cell))))?;
        check(r#"{"act":"generalise_date","to":"quarter","on_invalid":"null"}"#, &|cell| {
            unless_blank(cell, || generalise_date(parse_date(cell)?, DateLevel::Quarter))
        })?;
        check(r#"{"act":"age_band","width":10,"on_invalid":"null"}"#, &|cell| {
            let bands = AgeBand::new(10, 90).expect("usable");
            let age = || cell.trim().parse::<i64>().map_err(|_| IdentifierError::Age {});
            unless_blank(cell, || bands.band(age()?))
        })?;
        check(r#"{"act":"postcode","to":"district","on_invalid":"null"}"#, &|cell| {
            unless_blank(cell, || Ok(Postcode::parse(cell)?.to(PostcodeLevel::District)))
        })?;
        check(r#"{"act":"is_nhs_number"}"#, &|cell| Ok(Some(NhsNumber::parse(cell).is_ok().to_string())))?;
    }
}
