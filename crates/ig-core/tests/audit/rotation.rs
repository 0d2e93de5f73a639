//! Every state that a crash can leave a rotation in, and every way to lose or exchange a segment.

use super::{Counting, event, sample};
use ig_core::audit::{AuditLog, EventKind, HeldHead, read_records, verify};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const FIRST: &str = "audit.0000000000000000.jsonl";
const NEXT: &str = ".audit.jsonl.next";

/// What one rotation writes: the first segment, its last line, and the first line of the next.
struct Rotated {
    before: Vec<u8>,
    ends: Vec<u8>,
    begins: Vec<u8>,
}

impl Rotated {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let before = sample(folder.path(), 2);
        let path = folder.path().join("audit.jsonl");
        fs::write(&path, &before).expect("state");
        let log = AuditLog::options().stamps(Counting::default()).rotate_at(1).open(&path).expect("log");
        log.record(&event(EventKind::Read)).expect("recorded");
        let archived = fs::read(folder.path().join(FIRST)).expect("archived");
        let next = fs::read(&path).expect("live");
        let line = next.iter().position(|byte| *byte == b'\n').expect("line") + 1;
        Self { ends: archived[before.len()..].to_vec(), begins: next[..line].to_vec(), before }
    }
}

/// A folder in memory where there is one: what is tried is bytes and names, and thousands of syncs would take minutes.
fn quick_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("folder")
}

/// How the file system looks when the crash comes: what was appended, what is in the next file, the names.
#[derive(Clone, Copy, PartialEq)]
enum Names {
    LiveOnly,
    Linked,
    Renamed,
}

struct State {
    appended: Vec<u8>,
    next: Option<Vec<u8>>,
    names: Names,
}

fn append(path: &Path, bytes: &[u8]) {
    fs::File::options().append(true).open(path).and_then(|mut file| file.write_all(bytes)).expect("appended");
}

/// Brings the folder there, from the first segment as it was before; a handle may already be open.
fn crash(folder: &Path, state: &State) {
    let path = folder.join("audit.jsonl");
    append(&path, &state.appended);
    if let Some(next) = &state.next {
        fs::write(folder.join(NEXT), next).expect("next");
    }
    if state.names != Names::LiveOnly {
        fs::hard_link(&path, folder.join(FIRST)).expect("linked");
    }
    if state.names == Names::Renamed {
        fs::rename(folder.join(NEXT), &path).expect("renamed");
    }
}

fn states(rotated: &Rotated) -> Vec<State> {
    let mut states = Vec::new();
    for cut in 0..=rotated.ends.len() {
        let appended = rotated.ends[..cut].to_vec();
        // The length reached the disk and the data did not.
        let mut zeros = appended.clone();
        zeros.resize(rotated.ends.len(), 0);
        // Zeros were added.
        let mut padded = appended.clone();
        padded.resize(cut + 5000, 0);
        states.extend([appended, zeros, padded].map(|appended| State { appended, next: None, names: Names::LiveOnly }));
    }
    let whole = |next: &[u8], names| State { appended: rotated.ends.clone(), next: Some(next.to_vec()), names };
    for cut in 0..=rotated.begins.len() {
        let mut zeros = rotated.begins[..cut].to_vec();
        zeros.resize(rotated.begins.len(), 0);
        states.extend([&rotated.begins[..cut], &zeros].map(|next| whole(next, Names::LiveOnly)));
    }
    states.push(whole(&rotated.begins, Names::Linked));
    states.push(whole(&rotated.begins, Names::Renamed));
    states
}

/// The lines of all records of callers, in order; the log verifies against the head given.
fn acts(path: &Path, head: HeldHead, what: &str) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let report = read_records(path, head, &ig_core::audit::RecordFilter::default(), |record, line| {
        if !record.event().is_reserved() {
            lines.push(line.to_vec());
        }
        Ok(())
    });
    assert_eq!(report.unwrap_or_else(|e| panic!("{what}: {e}")).head(), head, "{what}");
    lines
}

#[test]
fn every_crash_of_a_rotation_is_completed_by_whoever_writes_next() {
    let rotated = Rotated::new();
    let states = states(&rotated);
    let known: Vec<&[u8]> = rotated.before.split(|byte| *byte == b'\n').take(2).collect();
    let mut recovered = 0;
    for (number, state) in states.iter().enumerate() {
        // A handle that was open all the time and one that opens after the crash, with a limit and without.
        for mode in 0..4 {
            let what = format!("state {number} mode {mode}");
            let folder = quick_folder();
            let path = folder.path().join("audit.jsonl");
            fs::write(&path, &rotated.before).expect("state");
            let open = || {
                let options = AuditLog::options().stamps(Counting::default());
                let options = if mode % 2 == 0 { options.rotate_at(1) } else { options };
                options.open(&path).unwrap_or_else(|e| panic!("{what}: {e}"))
            };
            let early = (mode < 2).then(open);
            crash(folder.path(), state);
            let log = early.unwrap_or_else(open);
            for _ in 0..2 {
                log.record(&event(EventKind::Write)).unwrap_or_else(|e| panic!("{what}: {e}"));
            }
            let found = acts(&path, log.head().expect("head"), &what);
            assert_eq!(
                (found.len(), &found[..2]),
                (4, &known.iter().map(|line| line.to_vec()).collect::<Vec<_>>()[..]),
                "{what}"
            );
            // Its end needs no newline to be whole.
            let whole = [&rotated.ends[..], &rotated.ends[..rotated.ends.len() - 1]].contains(&&state.appended[..]);
            assert_eq!(folder.path().join(FIRST).exists(), whole || mode % 2 == 0, "{what}");
            assert!(!folder.path().join(NEXT).exists() || !whole, "{what}: left over");
            recovered += 1;
        }
    }
    println!("crash states of a rotation: {} tried, {recovered} recovered", states.len() * 4);
    assert_eq!(recovered, states.len() * 4);
}

/// Two handles write in turn after every cut of what two handles wrote in turn, over a rotation.
#[test]
fn every_byte_cut_of_two_writers_in_turn_goes_on() {
    let folder = quick_folder();
    let path = folder.path().join("audit.jsonl");
    let pair = |path: &Path| {
        [600, 700].map(|limit| AuditLog::options().rotate_at(limit).open(path).unwrap_or_else(|e| panic!("open: {e}")))
    };
    for (turn, log) in pair(&path).iter().cycle().take(7).enumerate() {
        log.record(&event(EventKind::Read).count(turn as u64).expect("count")).expect("recorded");
    }
    let mut segments: Vec<PathBuf> =
        fs::read_dir(folder.path()).expect("listed").map(|entry| entry.expect("entry").path()).collect();
    // By length of name, then by name: the live one last.
    segments.sort_by_key(|path| (std::cmp::Reverse(path.as_os_str().len()), path.clone()));
    assert_eq!(segments.len(), 3);
    let (mut tried, mut recovered) = (0, 0);
    for (number, segment) in segments.iter().enumerate() {
        let bytes = fs::read(segment).expect("bytes");
        // A later segment is whole up to its first line before it gets its name.
        let from = if number == 0 { 0 } else { bytes.iter().position(|byte| *byte == b'\n').expect("line") + 1 };
        for cut in from..=bytes.len() {
            tried += 1;
            let place = quick_folder();
            for earlier in &segments[..number] {
                fs::copy(earlier, place.path().join(earlier.file_name().expect("name"))).expect("copied");
            }
            let path = place.path().join("audit.jsonl");
            fs::write(&path, &bytes[..cut]).expect("state");
            let logs = pair(&path);
            for log in logs.iter().cycle().take(4) {
                log.record(&event(EventKind::Write)).unwrap_or_else(|e| panic!("segment {number} cut {cut}: {e}"));
            }
            let head = logs[1].head().expect("head");
            let found = acts(&path, head, &format!("segment {number} cut {cut}"));
            let act = |line: &&[u8]| {
                line.ends_with(b"}") && !line.windows(9).any(|word| word == b"\"chain.ro" || word == b"\"chain.co")
            };
            let whole = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').filter(act).count();
            let earlier: usize = segments[..number].iter().map(|path| whole(&fs::read(path).expect("bytes"))).sum();
            assert_eq!(found.len(), earlier + whole(&bytes[..cut]) + 4, "segment {number} cut {cut}");
            recovered += 1;
        }
    }
    println!("crash states of two writers in turn: {tried} tried, {recovered} recovered");
    assert_eq!(tried, recovered);
}

/// A log of three segments, 6 acts.
fn three_segments(folder: &Path) -> (PathBuf, Vec<PathBuf>, HeldHead) {
    let path = folder.join("audit.jsonl");
    let log = AuditLog::options().stamps(Counting::default()).rotate_at(600).open(&path).expect("log");
    for _ in 0..6 {
        log.record(&event(EventKind::Read)).expect("recorded");
    }
    let archived: Vec<PathBuf> = [0, 4].map(|first| folder.join(format!("audit.{first:016}.jsonl"))).to_vec();
    assert!(archived.iter().all(|path| path.exists()));
    (path, archived, log.head().expect("head"))
}

#[test]
fn lost_changed_and_exchanged_segments_are_found_without_a_held_head() {
    type Attack = fn(&Path, &[PathBuf]);
    let edit: Attack = |_, archived| {
        let text = fs::read_to_string(&archived[0]).expect("text");
        fs::write(&archived[0], text.replacen("\"read\"", "\"write\"", 1)).expect("edited");
    };
    let edit_last: Attack = |_, archived| {
        let text = fs::read_to_string(&archived[0]).expect("text");
        let at = text.rfind("a.analyst").expect("actor");
        fs::write(&archived[0], format!("{}b{}", &text[..at], &text[at + 1..])).expect("edited");
    };
    let swap: Attack = |path, archived| {
        let aside = path.with_file_name("aside");
        fs::rename(&archived[0], &aside).expect("moved");
        fs::rename(&archived[1], &archived[0]).expect("moved");
        fs::rename(&aside, &archived[1]).expect("moved");
    };
    let cut_line: Attack = |_, archived| {
        let text = fs::read_to_string(&archived[1]).expect("text");
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        fs::write(&archived[1], lines[..lines.len() - 1].concat()).expect("cut");
    };
    let cut_newline: Attack = |_, archived| {
        let bytes = fs::read(&archived[1]).expect("bytes");
        fs::write(&archived[1], &bytes[..bytes.len() - 1]).expect("cut");
    };
    let longer: Attack = |_, archived| append(&archived[1], b"{\"actor\":\"a.an");
    let joined: Attack = |path, archived| {
        let all = [fs::read(&archived[0]).expect("bytes"), fs::read(&archived[1]).expect("bytes")].concat();
        fs::write(&archived[0], all).expect("joined");
        fs::remove_file(&archived[1]).expect("removed");
        assert!(path.exists());
    };
    let replaced: Attack = |path, archived| {
        fs::copy(&archived[1], path).expect("older copy");
    };
    let emptied: Attack = |path, _| fs::write(path, b"").expect("emptied");
    let attacks: [(&str, Attack, &str); 13] = [
        (
            "the first segment removed",
            |_, archived| fs::remove_file(&archived[0]).expect("removed"),
            "audit.segment_missing",
        ),
        (
            "the second segment removed",
            |_, archived| fs::remove_file(&archived[1]).expect("removed"),
            "audit.segment_missing",
        ),
        ("two segments swapped", swap, "audit.sequence"),
        ("a record changed", edit, "audit.chain_broken"),
        ("the last record changed", edit_last, "audit.segment_foreign"),
        ("the last line cut off", cut_line, "audit.segment_cut"),
        ("the last newline cut off", cut_newline, "audit.segment_cut"),
        ("bytes after the end", longer, "audit.segment_cut"),
        ("two segments joined", joined, "audit.rotation_unmatched"),
        ("the live file replaced by an older copy", replaced, "audit.segment_foreign"),
        ("the live file emptied", emptied, "audit.segment_foreign"),
        (
            "the live file replaced by the first segment",
            |path, archived| drop(fs::copy(&archived[0], path)),
            "audit.segment_foreign",
        ),
        (
            "an archived name on the live file's number",
            |path, archived| {
                drop(fs::copy(path, archived[0].with_file_name("audit.0000000000000008.jsonl")));
            },
            "audit.segment_foreign",
        ),
    ];
    let mut found = 0;
    for (what, attack, code) in attacks {
        let folder = tempfile::tempdir().expect("folder");
        let (path, archived, head) = three_segments(folder.path());
        let good = verify(&path, head).expect("verifies");
        assert_eq!(good.records, 10, "{good}");
        attack(&path, &archived);
        assert_eq!(verify(&path, None).expect_err(what).code(), code, "{what}");
        found += 1;
    }
    println!("segments lost, changed, exchanged: {} tried, {found} found", attacks.len());
}

#[test]
fn the_live_file_alone_can_be_written_but_its_past_cannot_be_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let (path, archived, _) = three_segments(folder.path());
    // Archived elsewhere: writing goes on, verifying needs it back.
    let aside = folder.path().join("aside");
    fs::rename(&archived[1], &aside).expect("moved");
    AuditLog::open(&path).and_then(|log| log.record(&event(EventKind::Read))).expect("recorded");
    assert_eq!(verify(&path, None).expect_err("missing").code(), "audit.segment_missing");
    // Another file in its place is seen when the log is opened.
    fs::copy(&archived[0], &archived[1]).expect("foreign");
    assert_eq!(AuditLog::open(&path).expect_err("foreign").code(), "audit.segment_foreign");
    fs::rename(&aside, &archived[1]).expect("moved back");
    append(&archived[1], b"x");
    assert_eq!(AuditLog::open(&path).expect_err("cut").code(), "audit.segment_cut");
    let bytes = fs::read(&archived[1]).expect("bytes");
    fs::write(&archived[1], &bytes[..bytes.len() - 1]).expect("as it was");
    assert_eq!(verify(&path, None).expect("verifies").records, 11);
    // An archived segment is no log of its own.
    assert_eq!(AuditLog::open(&archived[0]).expect_err("archived").code(), "audit.not_recorded");
    // Without the live file no new log begins under its name.
    fs::remove_file(&path).expect("removed");
    assert_eq!(AuditLog::open(&path).expect_err("missing").code(), "audit.segment_missing");
    assert!(!path.exists());
}

/// What a handle finds that was open while the live file was exchanged.
#[test]
fn an_open_handle_tells_rotation_from_replacement() {
    for (what, code) in [
        ("copied", "audit.log_replaced"),
        ("another log", "audit.log_replaced"),
        ("no archive", "audit.log_replaced"),
        ("cut archive", "audit.segment_cut"),
        ("rotated", ""),
    ] {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.jsonl");
        let still = AuditLog::open(&path).expect("log");
        still.record(&event(EventKind::Read)).expect("recorded");
        let rotating = AuditLog::options().rotate_at(1).open(&path).expect("log");
        let archive = folder.path().join(FIRST);
        match what {
            "copied" => {
                fs::copy(&path, folder.path().join("copy")).expect("copied");
                fs::rename(&path, &archive).expect("moved");
                fs::rename(folder.path().join("copy"), &path).expect("moved");
            }
            "another log" => {
                drop(rotating.record(&event(EventKind::Read)));
                fs::remove_file(&path).expect("removed");
                fs::write(&path, sample(folder.path(), 3)).expect("another");
            }
            "no archive" => {
                drop(rotating.record(&event(EventKind::Read)));
                fs::remove_file(&archive).expect("removed");
            }
            "cut archive" => {
                drop(rotating.record(&event(EventKind::Read)));
                let length = fs::metadata(&archive).expect("data").len();
                fs::File::options().write(true).open(&archive).and_then(|file| file.set_len(length - 1)).expect("cut");
            }
            _ => drop(rotating.record(&event(EventKind::Read))),
        }
        let ended = still.record(&event(EventKind::Read)).map_err(|error| error.code());
        assert_eq!(ended.err().unwrap_or_default(), code, "{what}");
    }
}
