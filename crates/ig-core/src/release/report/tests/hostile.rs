//! Texts of an agreement cannot become part of the page.

use super::*;

const SCRIPT: &str = "<script>alert('1')</script><img src=x onerror=alert(2)>&lt;b&gt;";

/// Names of the open elements as they are met; panics where one is closed that is not the last that was opened.
fn elements(page: &str) -> Vec<String> {
    let (mut open, mut met) = (Vec::new(), Vec::new());
    let page = page.strip_prefix("<!DOCTYPE html>").expect("a page");
    let sheet = page.find("<style>").expect("a style sheet")..page.find("</style>").expect("its end");
    assert!(!page[sheet.clone()].contains("url(") && !page[sheet.clone()].contains("@import"));
    for part in page.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a whole tag");
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closed out of turn");
        } else {
            met.push(name.clone());
            if name != "meta" {
                open.push(name);
            }
        }
    }
    assert_eq!(open, Vec::<String>::new(), "left open");
    met
}

#[test]
fn the_page_is_well_formed_and_loads_nothing() {
    let text = page(&manifest(&[]));
    let met = elements(&text);
    assert_eq!(met.iter().filter(|name| *name == "h1").count(), 1);
    for name in ["script", "link", "img", "iframe", "object", "a", "form", "base"] {
        assert!(!met.iter().any(|known| known == name), "{name}");
    }
    for word in [" src=", " href=", " style=", " onload=", "http:", "https:", "//"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn markup_in_an_agreement_is_text_on_the_page() {
    let written = SCRIPT.replace('"', "\\\"");
    let changes = [
        ("title = \"Waiting and imaging in urgent care: a service evaluation\"", format!("title = \"{written}\"")),
        ("name_role = \"A. Example, Chief Medical Officer\"", format!("name_role = \"{written}\"")),
        ("description = \"Compare how", format!("description = \"{written} how")),
        ("cag_ref = \"26/CAG/0014\"", "cag_ref = \"'\\\"><b>\"".to_owned()),
        ("destruction = \"Deleted", format!("destruction = \"{written}")),
        ("name = \"C. Example\"", format!("name = \"{written}\"")),
        ("version = \"1.0\"", "version = \"</title></style><b>\"".to_owned()),
    ];
    let changes: Vec<_> = changes.iter().map(|(from, to)| (*from, to.as_str())).collect();
    let mut manifest = manifest(&changes);
    manifest.datasets[0].name = SCRIPT.to_owned();
    manifest.outputs[0].dataset = SCRIPT.to_owned();
    manifest.outputs[0].file = SCRIPT.to_owned();
    manifest.outputs[0].fields[0].name = SCRIPT.to_owned();
    manifest.opt_out.deny_lists = vec![SCRIPT.to_owned()];
    let plain = elements(&page(&super::manifest(&[])));
    let text = page(&manifest);
    assert_eq!(elements(&text), plain, "the structure of the page");
    assert!(seen(&text).contains(SCRIPT));
    says(&text, &["version </title></style><b>: ", "CAG reference '\"><b>"]);
}

#[test]
fn text_cannot_turn_its_direction() {
    let text = page(&manifest(&[("title = \"Waiting", "title = \"\\u202E\\u2066Waiting")]));
    says(&text, &["version 1.0: \u{fffd}\u{fffd}Waiting"]);
    assert!(!text.contains('\u{202e}') && !text.contains('\u{2066}'));
}

#[test]
fn very_long_words_are_whole_in_the_table_and_cut_in_the_drawing() {
    let long = "w".repeat(255);
    let mut manifest = manifest(&[]);
    manifest.datasets[0].name.clone_from(&long);
    manifest.outputs[0].dataset.clone_from(&long);
    let text = page(&manifest);
    elements(&text);
    assert!(text.contains(&format!("{}…</text>", "w".repeat(10))));
    assert!(text.contains(&format!(">{long}</th>")));
}
