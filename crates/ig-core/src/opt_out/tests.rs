//! A check from end to end: what goes out, what is on disk, and every answer that is not one.

use super::{
    Answer, CheckNumber, CheckNumbers, CheckSettings, ExpectedOptOuts, FileProgress, NobodyOptedOut, NotOptedOut,
    OptOutCheck, Status,
};
use crate::error::Result;
use crate::nhs_number::NO_NUMBER;
use crate::{Key, KeyId, NhsNumber};
use std::path::PathBuf;
use tempfile::TempDir;
use time::macros::date;

const DEFAULT: ExpectedOptOuts = ExpectedOptOuts::Default;
const REFUSE: NobodyOptedOut = NobodyOptedOut::Refuse;

fn people(count: usize) -> Vec<NhsNumber> {
    (9_990_000_000_u64..).filter_map(|value| NhsNumber::from_unsigned(value).ok()).take(count).collect()
}

fn key() -> Key {
    let secret: Vec<u8> = (0..32).collect();
    Key::from_bytes(KeyId::new("checking").expect("id"), &secret).expect("key")
}

fn settings() -> CheckSettings {
    CheckSettings::new("X26ABC1", date!(2026 - 11 - 22), 1, "cohort-a")
}

struct Made {
    _folder: TempDir,
    path: PathBuf,
    check: OptOutCheck,
}

fn made(cohort: &[NhsNumber], change: impl FnOnce(&mut CheckSettings)) -> Made {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("check.json");
    let mut settings = settings();
    change(&mut settings);
    let cohort = cohort.iter().copied().map(CheckNumber::from);
    let check = OptOutCheck::prepare(cohort, &settings, &key(), &path).expect("prepared");
    Made { _folder: folder, path, check }
}

fn file(numbers: &[NhsNumber], end: &str) -> Vec<u8> {
    numbers.iter().flat_map(|number| format!("{},{end}", number.as_str()).into_bytes()).collect()
}

fn answered(made: &mut Made, answers: &[(&[u8], Option<&str>)]) -> Result<NotOptedOut> {
    let answers: Vec<_> = answers.iter().map(|(bytes, local_id)| Answer { bytes, local_id: *local_id }).collect();
    made.check.receive(&answers, None, DEFAULT, REFUSE)
}

fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("ok", |error| error.code())
}

#[test]
fn the_request_is_as_the_service_takes_it_and_does_not_follow_the_source() {
    let everyone = people(30);
    let mut shuffled: Vec<_> = everyone.iter().rev().chain(&everyone[3..9]).copied().collect();
    shuffled.rotate_left(11);
    let made = made(&shuffled, |settings| settings.max_file_bytes = 12 * 13 + 11);
    let requests = made.check.requests();
    let names: Vec<_> = requests.iter().map(super::RequestFile::name).collect();
    assert_eq!(names, ["X26ABC1-221126-0001.dat", "X26ABC1-221126-0002.dat", "X26ABC1-221126-0003.dat"]);
    let sizes: Vec<_> = requests.iter().map(|request| request.bytes().len()).collect();
    assert_eq!(sizes, [13 * 12, 13 * 12, 4 * 12]);
    let all: Vec<u8> = requests.iter().flat_map(|request| request.bytes().to_vec()).collect();
    assert_eq!(all, file(&everyone, "\n"));
    let local_ids: Vec<_> = made.check.files().iter().map(super::FileState::local_id).collect();
    assert_eq!(local_ids, ["cohort-a-1", "cohort-a-2", "cohort-a-3"]);
    assert_eq!(made.check.submitted_count(), 30);
}

#[test]
fn invalid_numbers_go_out_only_where_the_format_alone_counts() {
    let (folder, key) = (tempfile::tempdir().expect("folder"), key());
    let cohort =
        || ["9990000018", "9990000019", "0000000001", "9990000019"].map(|t| CheckNumber::format_only(t).expect(t));
    let path = folder.path().join("check");
    assert_eq!(code(OptOutCheck::prepare(cohort(), &settings(), &key, &path)), "opt_out.invalid_number");
    assert_eq!(code(OptOutCheck::prepare([], &settings(), &key, &path)), "opt_out.nothing_submitted");
    assert!(!path.exists());
    let settings = CheckSettings { numbers: CheckNumbers::FormatOnly, ..settings() };
    let mut check = OptOutCheck::prepare(cohort(), &settings, &key, &path).expect("prepared");
    assert_eq!(check.requests()[0].bytes(), b"0000000001,\n9990000018,\n9990000019,\n");
    let answer = Answer { bytes: b"0000000001,\n9990000018,\n", local_id: None };
    let list = check.receive(&[answer], None, DEFAULT, REFUSE).expect("answer");
    assert_eq!((list.submitted_count(), list.returned_count()), (3, 2));
    assert_eq!(list.status(people(1)[0]), Status::NotOptedOut);
    assert_eq!(code(OptOutCheck::prepare(cohort(), &settings, &key, &path)), "opt_out.state_exists");
}

#[test]
fn an_answer_says_the_same_from_memory_from_the_state_and_from_a_saved_list() {
    let everyone = people(60);
    for end in ["\n", "\r\n"] {
        let mut made = made(&everyone[..50], |settings| settings.max_file_bytes = 12 * 20);
        let kept: Vec<_> = everyone[..50].iter().enumerate().filter(|(at, _)| at % 7 != 3).map(|(_, n)| *n).collect();
        let parts: Vec<Vec<u8>> = everyone[..50]
            .chunks(20)
            .map(|part| file(&part.iter().copied().filter(|n| kept.contains(n)).collect::<Vec<_>>(), end))
            .collect();
        // In another order than they were sent.
        let answers =
            [(&parts[2][..], Some("cohort-a-3")), (&parts[0], Some("cohort-a-1")), (&parts[1], Some("cohort-a-2"))];
        let list = answered(&mut made, &answers).expect("answered");
        assert_eq!(list.checked_at(), date!(2026 - 11 - 22));
        let reopened = OptOutCheck::open(&made.path, &key()).expect("opened");
        assert!(reopened.files().iter().all(|file| file.progress() == FileProgress::Answered));
        let again = reopened.finish(None, DEFAULT).expect("finished");
        let saved = made.path.with_file_name("list.json");
        list.save(&saved, &key()).expect("saved");
        let loaded = NotOptedOut::load(&saved, &key()).expect("loaded");
        let twice = made.path.with_file_name("twice.json");
        loaded.save(&twice, &key()).expect("saved");
        assert_eq!(std::fs::read(&saved).expect("read"), std::fs::read(&twice).expect("read"));
        for (at, number) in everyone.iter().enumerate() {
            let expected = match at {
                50.. => Status::NotChecked,
                _ if at % 7 == 3 => Status::OptedOut,
                _ => Status::NotOptedOut,
            };
            for list in [&list, &again, &loaded] {
                assert_eq!(list.status(*number), expected);
                let bits = match expected {
                    Status::NotOptedOut => (1 << 40, 0),
                    Status::OptedOut => (0, 1 << 40),
                    Status::NotChecked => (0, 0),
                };
                // Beside nobody, asked about and not asked about.
                let mut beside = [NO_NUMBER; 64];
                beside[40] = number.prefix();
                assert_eq!(list.statuses(&beside, 1 << 40), bits);
                assert_eq!(list.statuses(&beside, !(1 << 40)), (0, 0));
            }
        }
        for list in [&again, &loaded] {
            assert_eq!((list.submitted_count(), list.opted_out_count()), (50, 7));
            assert_eq!(code(list.ensure_fresh(date!(2026 - 12 - 14), 21)), "opt_out.stale");
        }
    }
}

#[test]
fn every_file_that_is_not_the_answer_has_its_code() {
    let everyone = people(1000);
    let (cohort, request) = (&everyone[..500], file(&everyone[..500], "\n"));
    let backwards: Vec<_> = cohort.iter().rev().copied().collect();
    let cases: Vec<(Vec<u8>, Option<&str>, &str)> = vec![
        (file(&cohort[..490], "\n"), Some("cohort-a"), "ok"),
        (file(&cohort[..490], "\r\n"), None, "ok"),
        (b"The file contains one or more invalid NHS Numbers.\n".to_vec(), None, "opt_out.service_rejected_file"),
        (b"{\"status\": \"pending\", \"stages\": []}".to_vec(), None, "opt_out.pending_receipt"),
        (b"{\"status\": \"other\"}".to_vec(), None, "opt_out.file_line"),
        (b"\xff".to_vec(), None, "opt_out.file_text"),
        (file(&everyone[1..501], "\n"), None, "opt_out.returned_not_submitted"),
        (Vec::new(), None, "opt_out.empty_answer"),
        (file(&cohort[..490], "\n"), Some("cohort-b"), "opt_out.wrong_local_id"),
        (request, None, "opt_out.request_sent_back"),
        (file(&backwards, "\r\n"), None, "opt_out.request_sent_back"),
        (file(&cohort[..100], "\n"), None, "opt_out.looks_like_deny_list"),
    ];
    for (bytes, local_id, expected) in cases {
        let mut made = made(cohort, |_| {});
        let result = answered(&mut made, &[(&bytes, local_id)]);
        assert_eq!(code(result), expected);
        if expected == "opt_out.service_rejected_file" {
            assert_eq!(made.check.files()[0].refused(), Some(expected));
            assert_eq!(code(made.check.finish(None, DEFAULT)), expected);
        }
    }
    let mut made = made(cohort, |_| {});
    let bytes = file(cohort, "\n");
    let all = [Answer { bytes: &bytes, local_id: None }];
    let list = made.check.receive(&all, None, DEFAULT, NobodyOptedOut::Allow).expect("stated");
    assert_eq!(list.opted_out_count(), 0);
}

#[test]
fn nothing_is_known_until_every_file_is_answered_once() {
    let everyone = people(40);
    let mut made = made(&everyone, |settings| settings.max_file_bytes = 12 * 20);
    let (first, second) = (file(&everyone[..19], "\n"), file(&everyone[20..39], "\n"));
    assert_eq!(code(answered(&mut made, &[(&first, None)])), "opt_out.local_id_missing");
    assert_eq!(code(answered(&mut made, &[(&first, Some("cohort-a-2"))])), "opt_out.returned_not_submitted");
    assert_eq!(code(answered(&mut made, &[(&first, Some("cohort-a-1"))])), "opt_out.answer_missing");
    let other = file(&everyone[..18], "\n");
    assert_eq!(code(answered(&mut made, &[(&other, Some("cohort-a-1"))])), "opt_out.answer_twice");
    // The rest comes in another process, and the first answer a second time.
    made.check = OptOutCheck::open(&made.path, &key()).expect("opened");
    let answers = [(&second[..], Some("cohort-a-2")), (&first[..], Some("cohort-a-1"))];
    assert_eq!(answered(&mut made, &answers).expect("whole").opted_out_count(), 2);
    let early = made.check.finish(Some(date!(2026 - 11 - 21)), DEFAULT);
    assert_eq!(code(early), "opt_out.answered_too_early");
}

#[test]
fn a_file_is_sent_once_whatever_happens() {
    let everyone = people(20);
    let mut made = made(&everyone, |_| {});
    let bytes = made.check.requests()[0].bytes().to_vec();
    assert_eq!(code(made.check.begin_sending(b"9990000018,\n").map(|_| ())), "opt_out.request_unknown");
    assert_eq!(made.check.begin_sending(&bytes).expect("begun").local_id(), "cohort-a");
    // The process ends here; the next one must not send again, nor must one that was opened before.
    let mut next = OptOutCheck::open(&made.path, &key()).expect("opened");
    assert_eq!(next.files()[0].progress(), FileProgress::Sending);
    assert_eq!(code(next.begin_sending(&bytes).map(|_| ())), "opt_out.sent_already");
    next.not_sent("cohort-a").expect("taken back");
    next.begin_sending(&bytes).expect("begun again");
    assert_eq!(code(made.check.begin_sending(&bytes).map(|_| ())), "opt_out.sent_already");
    assert_eq!(code(next.sent("cohort-a", Some("a:b"))), "opt_out.check_setting");
    next.sent("cohort-a", Some("20261122101813838554_1B8F53")).expect("sent");
    assert_eq!(next.files()[0].message_id(), Some("20261122101813838554_1B8F53"));
    assert_eq!(code(next.not_sent("cohort-a")), "opt_out.sent_already");
    next.undelivered("cohort-a").expect("noted");
    assert_eq!(code(next.finish(None, DEFAULT)), "opt_out.undelivered");
    assert_eq!(next.files()[0].progress(), FileProgress::Refused);
}

#[test]
fn what_is_on_disk_cannot_be_changed_read_or_used_by_others() {
    let everyone = people(50);
    let mut made = made(&everyone, |_| {});
    let bytes = file(&everyone[..48], "\n");
    let list = answered(&mut made, &[(&bytes, None)]).expect("answered");
    let saved = made.path.with_file_name("list.json");
    list.save(&saved, &key()).expect("saved");
    assert_eq!(code(list.save(&saved, &key())), "opt_out.state_exists");
    let other = Key::generate().expect("key");
    assert_eq!(code(list.save(&made.path.with_file_name("x"), &other)), "key.mismatch");
    for path in [&made.path, &saved] {
        let open = |key: &Key| {
            if path == &saved { code(NotOptedOut::load(path, key)) } else { code(OptOutCheck::open(path, key)) }
        };
        assert_eq!((open(&key()), open(&other)), ("ok", "key.mismatch"));
        let text = std::fs::read_to_string(path).expect("text");
        for (from, to) in [("2026-11-22", "2026-12-22"), ("\"check_id\":\"X", "\"check_id\":\"Y"), ("AA", "AB")] {
            if !text.contains(from) {
                continue;
            }
            std::fs::write(path, text.replacen(from, to, 1)).expect("written");
            assert_eq!(open(&key()), "opt_out.state_changed", "{from}");
        }
        for bad in ["", "{}", "{\"seal\":\"", &text[..text.len() - 2], &text.replace("/v1", "/v9")] {
            std::fs::write(path, bad).expect("written");
            assert_eq!(open(&key()), "opt_out.state_unreadable");
        }
        std::fs::write(path, &text).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let permissions = std::fs::metadata(path).expect("data").permissions();
            assert_eq!(permissions.mode() & 0o777, 0o600);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).expect("set");
            assert_eq!(open(&key()), "opt_out.state_unreadable");
        }
    }
}

#[test]
fn no_number_is_on_disk_in_an_error_or_in_debug_output() {
    let everyone = people(300);
    let mut made = made(&everyone[..250], |settings| settings.max_file_bytes = 12 * 100);
    let mut shown = format!("{:?} {:?}", made.check, made.check.requests());
    let mistakes = [file(&everyone[200..], "\n"), file(&everyone[..100], "\n"), b"9990000018\n".to_vec()];
    for bytes in &mistakes {
        let error = answered(&mut made, &[(bytes, Some("cohort-a-1"))]).expect_err("a mistake");
        shown += &[error.to_string(), format!("{error:?} {:?}", error.context())].concat();
    }
    for (part, local_id) in everyone[..250].chunks(100).zip(["cohort-a-1", "cohort-a-2", "cohort-a-3"]) {
        let bytes = file(&part[..part.len() - 2], "\n");
        let _ = answered(&mut made, &[(&bytes, Some(local_id))]);
    }
    let list = made.check.finish(None, DEFAULT).expect("whole");
    list.save(&made.path.with_file_name("list.json"), &key()).expect("saved");
    let debug = format!("{list:?}");
    shown += &debug;
    let folder = made.path.parent().expect("folder");
    for entry in std::fs::read_dir(folder).expect("listed") {
        shown += &std::fs::read_to_string(entry.expect("entry").path()).expect("text");
    }
    assert!(shown.contains("not_opted_out"));
    for number in &everyone {
        assert!(!shown.contains(number.as_str()) && !shown.contains(&number.to_u64().to_string()));
    }
    made.check.write_requests(folder).expect("written");
    assert_eq!(code(made.check.write_requests(folder)), "opt_out.state_exists");
    assert_eq!(std::fs::read(folder.join("X26ABC1-221126-0002.dat")).expect("read"), file(&everyone[100..200], "\n"));
}
