//! The one form, and everything that departs from it.

use super::refused::Wire;
use super::*;
use crate::audit::event::MAX_INTEGER;

fn record(actor: &str) -> AuditRecord {
    let event = AuditEvent::new(
        EventKind::OptOutCheck,
        Outcome::Success,
        actor,
        "0190163d-8694-739b-aea5-966c26f8ad91".parse().expect("run"),
    );
    let id = "0190163d-8694-739b-aea5-966c26f8ad90".parse().expect("id");
    let ts = Timestamp::from_unix_micros(0).expect("ts");
    AuditRecord::compose(event.expect("event"), id, ts, 0, Digest::ZERO)
}

#[test]
fn every_departure_from_the_one_form_is_refused() {
    let line = record("a.analyst").to_line();
    assert_eq!(AuditRecord::parse(line.as_bytes()), Ok(record("a.analyst")));
    let changed = [
        line.replace(':', ": "),
        format!("{line} "),
        format!(" {line}"),
        line.replace("a.analyst", "a\\u002eanalyst"),
        line.replace("a.analyst", "a,analyst"),
        line.replace("\"seq\":0", "\"seq\":0.0"),
        line.replace("\"seq\":0", "\"seq\":-0"),
        line.replace("\"seq\":0", "\"seq\":00"),
        line.replace("\"seq\":0", "\"seq\":9007199254740992"),
        line.replace("\"v\":1", "\"v\":\"1\""),
        line.replace("\"v\":1", "\"v\":1,\"w\":1"),
        line.replace("\"v\":1", "\"v\":1,\"v\":1"),
        line.replace("0190163d-8694-739b-aea5-966c26f8ad90", "0190163D-8694-739b-aea5-966c26f8ad90"),
        line.replace("0190163d-8694-739b-aea5-966c26f8ad90", "0190163d-8694-439b-aea5-966c26f8ad90"),
        line.replace("\"id\":", "\"dataset\":null,\"id\":"),
        line.replace("\"actor\":\"a.analyst\",", ""),
        line.replace(".000000Z", "Z"),
        line.replace("opt_out_check", "optoutcheck"),
        format!("[{line}]"),
    ];
    for text in changed {
        assert_ne!(text, line);
        let error = AuditRecord::parse(text.as_bytes()).expect_err(&text);
        assert_eq!(error.code(), "audit.record_format", "{text}");
    }
    for text in [line.replace("\"v\":1", "\"v\":2"), "{\"v\":2,\"new\":[1.5]}".to_owned()] {
        assert_eq!(AuditRecord::parse(text.as_bytes()).expect_err("version").code(), "audit.version_unknown");
    }
}

#[test]
fn the_example_of_the_specification_is_a_record() {
    let page = include_str!("../../../docs/audit_log_v1.md");
    let line = page.lines().find(|line| line.starts_with("{\"actor\"")).expect("example");
    assert_eq!(AuditRecord::parse(line.as_bytes()).expect("record").count(), Some(495));
    for word in EventKind::ALL.iter().map(|kind| kind.as_str()).chain(Outcome::ALL.iter().map(|o| o.as_str())) {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn the_longest_record_fits_a_line() {
    let long = "a".repeat(128);
    let word = "a".repeat(32);
    let mut event = AuditEvent::new(EventKind::OptOutCheck, Outcome::Attempt, &long, record("x.y").corr_id());
    event = event.and_then(|e| e.dataset(&long)?.role(&long)?.org(&long)?.purpose(&long)?.agreement_id(&long));
    event = event.and_then(|e| e.count(MAX_INTEGER)?.code(&[word.as_str(); 4].join("."))?.key_id(&word));
    event = event.and_then(|e| e.reason_ref(&"A".repeat(64))?.authoriser(&long)?.device(&long));
    let event = event.expect("event").object(Digest::of(b"x"));
    let template = record("x.y");
    let line = AuditRecord::compose(event, template.id(), template.ts(), MAX_INTEGER, Digest::ZERO).to_line();
    assert!(line.len() <= MAX_LINE / 2, "{}", line.len());
    assert!(AuditRecord::parse(line.as_bytes()).is_ok());
}

/// The slow way: any JSON reader, then the printed form compared.
fn read_by_serde(line: &[u8]) -> Option<AuditRecord> {
    let wire: Wire = serde_json::from_slice(line).ok()?;
    let sound = wire.v == 1 && wire.misshapen().is_none() && line.len() <= MAX_LINE;
    let record = AuditRecord::from(wire);
    (sound && record.to_line().as_bytes() == line).then_some(record)
}

/// Every change of one byte, every cut and every doubled piece of a line: both readers agree.
#[test]
fn the_reader_takes_what_a_json_reader_and_the_printer_agree_on() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../../tests/vectors/audit_record_v1.json")).expect("vectors");
    let (mut tried, mut taken) = (0, 0);
    let mut both = |line: &[u8]| {
        let read = AuditRecord::parse(line).ok();
        assert_eq!(read, read_by_serde(line), "{}", String::from_utf8_lossy(line));
        tried += 1;
        taken += u32::from(read.is_some());
    };
    for vector in &vectors[..5] {
        let line = vector["line"].as_str().expect("line").as_bytes();
        both(line);
        for at in 0..line.len() {
            for byte in [b'0', b'9', b'a', b'A', b'"', b'\\', b' ', b',', b'{', b'\n', 0x00, 0x7f, 0xc3] {
                let mut changed = line.to_vec();
                changed[at] = byte;
                both(&changed);
            }
            both(&line[..at]);
            both(&line[at..]);
            both(&[&line[..at], &line[at.saturating_sub(9)..]].concat());
            both(&[&line[..at], &line[(at + 7).min(line.len())..]].concat());
        }
    }
    println!("{tried} lines, {taken} of them records");
    assert!(tried > 30_000 && taken > 1_000);
}
