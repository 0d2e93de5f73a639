//! Differences between versions of the demo agreement.

use super::*;
use Direction::{Narrower, Other, Wider};

fn changes(old: &str, new: &str) -> Vec<(String, Direction)> {
    let (old, new) = (read(old).expect("valid"), read(new).expect("valid"));
    diff(old.document(), new.document()).into_iter().map(|change| (change.path, change.direction)).collect()
}

/// One change of the demo: what stands there, what comes instead, its path, and its direction there and back.
const CHANGES: &[(&str, &str, &str, Direction, Direction)] = &[
    ("title = \"Waiting", "title = \"Queuing", "agreement.title", Other, Other),
    ("id = \"DSA-2026-014\"", "id = \"DSA-2026-015\"", "agreement.id", Wider, Wider),
    ("status = \"signed\"", "status = \"suspended\"", "agreement.status", Narrower, Wider),
    ("end = 2029-03-31", "end = 2029-04-01", "term.end", Wider, Narrower),
    ("start = 2026-04-01", "start = 2026-04-02", "term.start", Narrower, Wider),
    ("review = 2027-04-01", "review = 2028-04-01", "term.review", Wider, Narrower),
    ("until = 2029-09-30", "until = 2030-09-30", "retention.until", Wider, Narrower),
    ("destruction = \"Deleted", "destruction = \"Archived", "retention.destruction", Wider, Wider),
    ("territory = \"England\"", "territory = \"UK\"", "parties.territory", Wider, Narrower),
    ("territory = \"England\"", "territory = \"Wales\"", "parties.territory", Wider, Wider),
    (
        "roles = [\"analyst\"]",
        "roles = [\"analyst\", \"manager\"]",
        "purpose[service_evaluation].roles",
        Wider,
        Narrower,
    ),
    ("description = \"Compare", "description = \"Rank", "purpose[service_evaluation].description", Wider, Wider),
    ("article_6 = \"6(1)(e)\"", "article_6 = \"6(1)(f)\"", "lawful_basis.article_6", Wider, Wider),
    (
        "annual_review = 2027-03-01",
        "annual_review = 2028-03-01",
        "lawful_basis.common_law.annual_review",
        Wider,
        Narrower,
    ),
    ("reference = \"DPIA-2026-007\"", "reference = \"DPIA-2026-008\"", "dpia.reference", Other, Other),
    ("sensitivity = \"pseudonymised\"", "sensitivity = \"identifiable\"", "sensitivity", Wider, Narrower),
    (
        "transform.postcode_district = { on_invalid = \"null\" }",
        "transform = \"keep\"",
        "dataset[dids].field[POSTCODE].transform",
        Wider,
        Narrower,
    ),
    (
        "transform.postcode_district = { on_invalid = \"null\" }",
        "transform.postcode_sector = { on_invalid = \"null\" }",
        "dataset[dids].field[POSTCODE].transform",
        Wider,
        Narrower,
    ),
    (
        "transform.postcode_district = { on_invalid = \"null\" }",
        "transform = \"postcode_district\"",
        "dataset[dids].field[POSTCODE].transform",
        Narrower,
        Wider,
    ),
    ("to = \"year\"", "to = \"month\"", "dataset[dids].field[PERSON_BIRTH_DATE].transform", Wider, Narrower),
    ("to = \"year\"", "to = \"financial_year\"", "dataset[dids].field[PERSON_BIRTH_DATE].transform", Wider, Wider),
    (
        "justification = \"Compare use between areas\"",
        "justification = \"Areas\"",
        "dataset[dids].field[POSTCODE].justification",
        Other,
        Other,
    ),
    ("policy = \"hes\"", "policy = \"under10\"", "output[ae_breaches].policy", Wider, Wider),
    ("policy = \"hes\"", "policy = \"hes\"\nmargins = \"all\"", "output[ae_breaches].margins", Wider, Wider),
    (
        "policy = \"hes\"",
        "policy = \"hes\"\nearlier_releases = \"not_compared\"",
        "output[ae_breaches].earlier_releases",
        Wider,
        Narrower,
    ),
    (
        "by = [\"period\", \"org_code\", \"type\"]",
        "by = [\"period\", \"org_code\"]",
        "output[ae_breaches].by",
        Wider,
        Wider,
    ),
    ("processors = [\"Example Analytics Unit\"]", "processors = []", "parties.processors", Narrower, Wider),
    (
        "controllers = [\"Example ICB\"]",
        "controllers = [\"Example ICB\", \"Other\"]",
        "parties.controllers",
        Wider,
        Wider,
    ),
    ("[retention]", "[processing]\nsecurity = [\"encrypted\"]\n[retention]", "processing.security", Narrower, Wider),
    ("[retention]", "[labels]\nduo = [\"DUO:0000043\"]\n[retention]", "labels.duo", Other, Other),
    (
        "# Published counts",
        "[[dataset.row_filter]]\nfield = \"SITE\"\njustification = \"x\"\none_of = [\"A\"]\n# Published counts",
        "dataset[dids].row_filter[SITE]",
        Narrower,
        Wider,
    ),
    ("[[approval]]\nrole = \"dpo\"\nname = \"E. Example\"\ndate = 2026-03-03\n", "", "approval[dpo]", Narrower, Wider),
    ("allowed = false", "allowed = true\nconditions = \"c\"", "onward_sharing.allowed", Wider, Narrower),
];

#[test]
fn each_change_has_its_path_and_direction_both_ways() {
    for (from, to, path, there, back) in CHANGES {
        let text = changed_once(from, to);
        let direction = |changes: Vec<(String, Direction)>| {
            let found = changes.iter().find(|(found, _)| found == path);
            found.unwrap_or_else(|| panic!("{path} in {changes:?}")).1
        };
        assert_eq!(direction(changes(DEMO, &text)), *there, "{to}");
        assert_eq!(direction(changes(&text, DEMO)), *back, "back from {to}");
        // Nothing may be narrower both ways.
        assert!(!(*there == Narrower && *back == Narrower));
    }
}

fn changed_once(from: &str, to: &str) -> String {
    assert!(DEMO.contains(from), "{from}");
    DEMO.replacen(from, to, 1)
}

#[test]
fn nothing_and_layout_change_nothing() {
    assert_eq!(changes(DEMO, DEMO), []);
    let spaced = format!("# A comment\n{}", DEMO.replace("duo = ", "duo  = "));
    assert_eq!(changes(DEMO, &spaced), []);
}

#[test]
fn an_opt_out_that_no_longer_applies_is_wider() {
    let upheld = "applies = true\nrule = \"section_251\"";
    let exempt = "applies = false\nrule = \"section_251_exempt\"\nevidence = \"letter 7\"";
    let text = changed(upheld, exempt);
    assert!(changes(DEMO, &text).iter().all(|(_, direction)| *direction == Wider));
    assert!(changes(&text, DEMO).iter().all(|(_, direction)| *direction == Narrower));
    let named = changed(upheld, "applies = true\nrule = \"unknown\"");
    assert_eq!(changes(DEMO, &named), [("opt_out.rule".to_owned(), Other)]);
}

#[test]
fn a_row_filter_that_changes_its_kind_or_its_bounds() {
    let with = |condition: &str| {
        let filter =
            format!("[[dataset.row_filter]]\nfield = \"SITE\"\njustification = \"x\"\n{condition}\n# Published counts");
        changed("# Published counts", &filter)
    };
    let wider = |old: &str, new: &str| changes(&with(old), &with(new)).iter().any(|(_, direction)| *direction == Wider);
    for (old, new, expected) in [
        ("one_of = [\"A\"]", "none_of = [\"B\"]", true),
        ("none_of = [\"B\"]", "one_of = [\"A\"]", true),
        ("one_of = [\"A\", \"B\"]", "one_of = [\"A\"]", false),
        ("one_of = [\"A\"]", "one_of = [\"B\"]", true),
        ("none_of = [\"A\"]", "none_of = [\"A\", \"B\"]", false),
        ("none_of = [\"A\", \"B\"]", "none_of = [\"A\"]", true),
        ("one_of = [\"A\"]", "present = true", true),
        ("from = 10", "from = 9", true),
        ("from = 9", "from = 10", false),
        ("from = -9", "from = -10", true),
        ("to = 2026-01-01", "to = 2026-01-02", true),
        ("to = 2026-01-02", "to = 2026-01-01", false),
        ("from = 1\nto = 5", "to = 5", true),
        ("to = 5", "from = 1\nto = 5", false),
    ] {
        assert_eq!(wider(old, new), expected, "{old} to {new}");
    }
}

#[test]
fn a_field_that_comes_and_goes() {
    let field = "[[dataset.field]]\nname = \"ETHNIC_CATEGORY\"\ntype = \"code\"\njustification = \"y\"\ntransform = \"keep\"\n# Published counts";
    let text = changed("# Published counts", field);
    let path = "dataset[dids].field[ETHNIC_CATEGORY]".to_owned();
    assert_eq!(changes(DEMO, &text), [(path.clone(), Wider)]);
    assert_eq!(changes(&text, DEMO), [(path, Narrower)]);
}

/// Held against the masks themselves: if a change counts as narrower, equal before must stay equal after.
#[test]
fn coarser_age_bands_and_dates_join_groups_and_never_split_them() {
    use crate::mask::{AgeBand, generalise_date};
    let bands: Vec<_> = (1..=50_u8)
        .flat_map(|width| (1..=120_u8).map(move |top| (width, top)))
        .filter(|&(width, top)| AgeBand::new(width.into(), top.into()).is_ok())
        .filter(|&(width, top)| width % 5 == 0 || top % 30 == 0)
        .collect();
    let act =
        |(width, top): (u8, u8)| FieldTransform::AgeBand(AgeBandSettings { width, top, on_invalid: OnInvalid::Raise });
    let mut narrower = 0;
    for &old in &bands {
        for &new in &bands {
            if !shows_no_more(&act(new), &act(old)) {
                continue;
            }
            narrower += 1;
            let shown = |(width, top): (u8, u8), age: i64| {
                AgeBand::new(width.into(), top.into()).expect("a band").band(age).expect("an age")
            };
            for age in 0..120 {
                let joined = shown(old, age) != shown(old, age + 1) || shown(new, age) == shown(new, age + 1);
                assert!(joined, "{old:?} to {new:?} at {age}");
            }
        }
    }
    assert!(narrower > bands.len());
    let levels = [DateLevel::Month, DateLevel::Quarter, DateLevel::Year, DateLevel::FinancialYear];
    let act = |to| FieldTransform::GeneraliseDate(DateSettings { to, on_invalid: OnInvalid::Raise });
    let days: Vec<_> = (0..1_100).map(|days| date!(2023 - 01 - 01) + time::Duration::days(days)).collect();
    for old in levels {
        for new in levels {
            let joins = days.windows(2).all(|pair| {
                let same = |to| generalise_date(pair[0], to).ok() == generalise_date(pair[1], to).ok();
                !same(old) || same(new)
            });
            assert_eq!(shows_no_more(&act(new), &act(old)), joins, "{old:?} to {new:?}");
        }
    }
}
