//! How the demo agreement stands on a day, alone and in a register.

use super::*;

#[test]
fn the_demo_stands_as_its_dates_say() {
    let standing = demo().standing(DAY);
    assert!(standing.in_force && standing.usable && standing.refusals.is_empty());
    // 22 November 2026 to 31 March 2029: two years with one leap day, then months on a calendar.
    assert_eq!((standing.end.days, standing.end.nearness), (365 + 366 + 8 + 31 + 31 + 28 + 31, Nearness::Later));
    assert_eq!(standing.cag_review.map(|due| due.days), Some(8 + 31 + 31 + 28 + 1));
    assert!(standing.missing_signatures.is_empty() && standing.missing_approvals.is_empty());
}

#[test]
fn nearness_turns_on_the_day() {
    let end = date!(2029 - 03 - 31);
    let near = |days| demo().standing(end - time::Duration::days(days)).end.nearness;
    assert_eq!(
        [near(91), near(90), near(0), near(-1)],
        [Nearness::Later, Nearness::Near, Nearness::Near, Nearness::Overdue]
    );
}

#[test]
fn what_stands_in_the_way_is_what_a_decision_refuses() {
    let cases = [
        (changed("status = \"signed\"", "status = \"draft\""), false),
        (changed("date = 2026-03-12", "date = 2026-11-23"), false),
        (changed("until = 2029-09-30", "until = 2026-11-21"), false),
        (changed("role = \"siro\"", "role = \"iao\""), true),
        (changed("review = 2027-04-01", "review = 2026-11-21"), true),
        (changed("annual_review = 2027-03-01", "annual_review = 2026-11-21"), true),
        (DEMO.to_owned(), true),
    ];
    for (text, in_force) in cases {
        let agreement = read(&text).expect("valid");
        for day in [date!(2026 - 03 - 01), DAY, date!(2027 - 06 - 01), date!(2031 - 01 - 01)] {
            let standing = agreement.standing(day);
            let request = Request { date: day, ..good_request() };
            let refused: Vec<_> = agreement.decide(&request).refusals().cloned().collect();
            assert_eq!(standing.refusals, refused);
            assert_eq!(standing.usable, refused.is_empty());
            if day == DAY {
                assert_eq!(standing.in_force, in_force);
            }
        }
    }
    let unsigned = read(&changed("date = 2026-03-12", "date = 2026-11-23")).expect("valid").standing(DAY);
    assert_eq!(unsigned.missing_signatures, ["Example Analytics Unit"]);
    let draft = read(&changed("role = \"siro\"", "role = \"iao\"")).expect("valid").standing(DAY);
    assert_eq!(draft.missing_approvals, ["the SIRO"]);
}

#[test]
fn a_register_leaves_no_file_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("written");
    put("b.toml", DEMO.as_bytes());
    put("a.toml", changed("schema = 1", "schema = 1\nextra = 1").as_bytes());
    put("c.TOML", &[0xff, 0xfe]);
    put("notes.txt", b"no agreement");
    std::fs::create_dir(folder.path().join("d.toml")).expect("a folder");
    let rows = register(folder.path(), DAY).expect("a register");
    let codes: Vec<_> =
        rows.iter().map(|row| (row.file.as_str(), row.fault.as_ref().map(|fault| fault.code.as_str()))).collect();
    let expected = [
        ("a.toml", Some("agreement.unknown_key")),
        ("b.toml", None),
        ("c.TOML", Some("misuse.unreadable")),
        ("d.toml", Some("misuse.unreadable")),
    ];
    assert_eq!(codes, expected);
    assert!(rows[0].fault.as_ref().is_some_and(|fault| fault.line.is_some_and(|line| line > 1)));
    assert!(rows.iter().all(|row| row.standing.is_some() != row.fault.is_some()));
    let error = register(&folder.path().join("none"), DAY).expect_err("no folder");
    assert_eq!(error.code(), "misuse.unreadable");
}
