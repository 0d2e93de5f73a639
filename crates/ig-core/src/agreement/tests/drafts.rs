//! The template, drafts from a register, and exports.

use super::*;
use std::collections::BTreeMap;

#[test]
fn the_template_is_a_valid_draft_that_lets_nothing_out() {
    let draft = read(TEMPLATE).expect("valid");
    let standing = draft.standing(date!(2026 - 06 - 01));
    assert!(!standing.in_force && !standing.usable);
    assert_eq!(standing.status, SignatureStatus::Draft);
    // Every section has its example: what is commented out is read too once its signs are gone.
    for key in ["signature", "dpia", "dataset.row_filter", "approval", "contact", "processing", "evidence"] {
        assert!(TEMPLATE.contains(key), "{key}");
    }
}

fn row_of(agreement: &Agreement) -> BTreeMap<String, String> {
    let row = serde_json::to_value(DataUse::new(agreement.document())).expect("plain data");
    let cells = row.as_object().expect("a table").iter();
    cells.map(|(name, cell)| (name.clone(), cell.as_str().unwrap_or_default().to_owned())).collect()
}

#[test]
fn the_demo_as_a_row_of_a_register_and_back() {
    let row = row_of(&demo());
    for (column, cell) in [
        ("project_id_text", "DSA-2026-014"),
        ("project_end_date", "2029-03-31"),
        ("latest_approval_date", "2026-03-03"),
        ("data_sensitivity_level", "De-personalised"),
        ("legal_basis_for_data_article6", "6(1)(e)"),
        ("legal_basis_for_data_article9", "9(2)(h)"),
        ("duty_of_confidentiality", "Section 251 NHS Act 2006"),
        ("national_data_optout", "No"),
        ("access_type", ""),
    ] {
        assert_eq!(row[column], cell, "{column}");
    }
    let text = draft_from_register(&row);
    let draft = read(&text).expect("valid");
    let (old, new) = (demo(), draft.document());
    assert_eq!(new.agreement.title, old.document().agreement.title);
    assert_eq!(
        (draft.id(), new.term.start, new.term.end),
        ("DSA-2026-014", old.document().term.start, date!(2029 - 03 - 31))
    );
    assert_eq!(new.lawful_basis.article_9, Some(Article9::HealthCare));
    assert_eq!((new.sensitivity, new.agreement.status), (Sensitivity::Pseudonymised, SignatureStatus::Draft));
    assert!(text.contains("#   access_type: MISSING") && text.contains("duty_of_confidentiality: Section 251"));
}

#[test]
fn no_row_of_a_register_makes_a_draft_that_is_not_one() {
    let nasty = "x\"\nstatus = \"signed\"\n[[signature]] # \u{0} \\";
    for column in row_of(&demo()).keys() {
        for cell in [nasty, "", " ", "6(1)(z)", "2029-99-99", "9(2)(a) and 9(2)(j)", "é", "2029-03-3é"] {
            let mut row = row_of(&demo());
            row.insert(column.clone(), cell.to_owned());
            let draft = read(&draft_from_register(&row)).unwrap_or_else(|error| panic!("{column} {cell:?}: {error}"));
            assert_eq!(draft.document().agreement.status, SignatureStatus::Draft, "{column} {cell:?}");
            assert!(draft.document().signature.is_empty());
        }
    }
    assert!(draft_from_register(&BTreeMap::new()).contains("not usable as it stands: project_title"));
}

#[test]
fn the_record_of_processing_says_what_is_not_held() {
    let entries = article_30(demo().document());
    let letters: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.paragraph).collect();
    for letter in 'a'..='g' {
        assert!(letters.contains(format!("30(1)({letter})").as_str()), "{letter}");
    }
    let held = |name: &str| entries.iter().find(|entry| entry.entry == name).map(|entry| entry.held);
    assert_eq!(held("controllers"), Some(true));
    assert_eq!(held("security measures"), Some(false));
    assert!(entries.iter().all(|entry| entry.held != entry.content.starts_with("NOT IN THE AGREEMENT")));
    let text = changed(
        "[retention]",
        "[processing]\nsecurity = [\"encrypted\"]\n[[contact]]\norganisation = \"Example ICB\"\nrole = \"Data Protection Officer\"\nreach = \"dpo@example.org\"\n[retention]",
    );
    let entries = article_30(read(&text).expect("valid").document());
    assert!(entries.iter().any(|entry| entry.content == "encrypted"));
    assert!(entries.iter().any(|entry| entry.entry == "data protection officers" && entry.held));
}

#[test]
fn the_page_names_every_party_field_and_output() {
    let page = demo().page(DAY);
    let document = demo().document().clone();
    let fields = document.dataset.iter().flat_map(|dataset| &dataset.field).map(|field| field.name.clone());
    let outputs = document.output.iter().map(|output| output.name.clone());
    for word in fields.chain(outputs).chain(document.parties.all().map(str::to_owned)) {
        assert!(page.contains(&word), "{word}");
    }
    for words in [
        "opt-out                    applies",
        "26/CAG/0014",
        "31 March 2029",
        "generalise date (on invalid null, to year)",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let exempt = changed(
        "applies = true\nrule = \"section_251\"",
        "applies = false\nrule = \"section_251_exempt\"\nevidence = \"letter 7\"",
    );
    let page = read(&exempt).expect("valid").page(DAY);
    assert!(page.contains("does NOT apply") && page.contains("letter 7"));
}

#[test]
fn an_agreement_is_plain_data_in_the_shape_of_its_file() {
    let json = serde_json::to_value(demo().document()).expect("plain data");
    let file: toml::Table = DEMO.parse().expect("TOML");
    assert!(json["term"]["end"] == "2029-03-31" && json["dataset"][0]["field"][0]["type"] == "nhs_number");
    for key in file.keys() {
        assert!(json.get(key).is_some(), "{key}");
    }
}

/// The page that explains the demo shows it as it is, and places every standard of the list.
#[test]
fn the_page_from_paper_to_file_shows_the_demo() {
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/agreement.md"));
    let blocks: Vec<_> = page.split("```toml\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    assert!(blocks.len() > 10);
    for line in blocks.iter().flat_map(|block| block.lines()).filter(|line| !line.is_empty()) {
        assert!(DEMO.lines().any(|known| known == line), "{line}");
    }
}
