use super::*;
use crate::audit::sql::{head_of_row, next_record};
use crate::audit::{AuditEvent, AuditLog, CorrelationId, Outcome, RecordFilter, SystemStamps, read_records, verify};
use std::io::Write as _;

fn row(line: &str) -> TableRow {
    let members: Map<String, Value> = serde_json::from_str(line).expect("JSON");
    let cell = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut columns: Vec<_> = members.into_iter().map(|(name, value)| (name, Some(cell(value)))).collect();
    columns.push(("device".into(), None));
    TableRow { line: line.to_owned(), hash: Digest::of(line.as_bytes()).to_string(), columns }
}

fn event() -> AuditEvent {
    let run = CorrelationId::generate().expect("run");
    let event = AuditEvent::new(EventKind::Write, Outcome::Success, "a.analyst", run).expect("event");
    event.dataset("dids").and_then(|event| event.count(3)).expect("event")
}

fn chain(records: u64) -> Vec<TableRow> {
    let mut rows = Vec::<TableRow>::new();
    for seq in 0..records {
        let head = rows.last().map_or(HeldHead { records: 0, hash: Digest::ZERO }, |last| {
            head_of_row(i64::try_from(seq).expect("small") - 1, &last.hash, &last.line).expect("last row")
        });
        let record = next_record(&event(), head, &SystemStamps).expect("record");
        rows.push(row(&record.to_line()));
    }
    rows
}

fn told(rows: &[TableRow], held: Option<HeldHead>) -> Result<VerifyReport, AuditError> {
    let mut table = TableVerifier::new(held)?;
    rows.iter().try_for_each(|row| table.push(row))?;
    table.finish()
}

fn code(rows: &[TableRow], held: Option<HeldHead>) -> &'static str {
    told(rows, held).expect_err("a fault").code()
}

#[test]
fn a_table_and_a_file_of_the_same_lines_have_the_same_head_and_root() {
    let rows = chain(9);
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    let lines: Vec<&str> = rows.iter().map(|row| row.line.as_str()).collect();
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    let report = told(&rows, None).expect("verifies");
    assert_eq!(Ok(report), verify(&path, None));
    assert_eq!(told(&rows, Some(report.head())).expect("held").truncation, Truncation::Excluded { records: 9 });
    // A log goes on where the table ended.
    assert_eq!(AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded").seq, 9);
}

#[test]
fn every_change_of_a_table_is_found_where_it_can_be() {
    let rows = chain(6);
    let held = told(&rows, None).expect("verifies").head();
    let with = |change: &dyn Fn(&mut Vec<TableRow>)| {
        let mut changed = rows.clone();
        change(&mut changed);
        changed
    };
    let edited = with(&|rows| {
        let line = rows[2].line.replace("a.analyst", "b.analyst");
        rows[2] = row(&line);
    });
    assert_eq!(code(&edited, None), "audit.chain_broken");
    assert_eq!(code(&with(&|rows| drop(rows.remove(2))), None), "audit.sequence");
    assert_eq!(code(&with(&|rows| rows.swap(2, 3)), None), "audit.sequence");
    assert_eq!(code(&with(&|rows| rows.insert(2, rows[2].clone())), None), "audit.sequence");
    assert_eq!(code(&with(&|rows| rows[2].line.push(' ')), None), "audit.record_format");
    assert_eq!(code(&with(&|rows| rows[2].hash.replace_range(..1, "x")), None), "audit.table_column");
    let cut = with(&|rows| drop(rows.pop()));
    assert_eq!(told(&cut, None).expect("not seen").records, 5);
    assert_eq!(code(&cut, Some(held)), "audit.held_head_missing");
    assert_eq!(code(&chain(6), Some(held)), "audit.held_head_differs");
    for column in 0..rows[2].columns.len() {
        let other = with(&|rows| rows[2].columns[column].1 = Some("other".into()));
        let error = told(&other, None).expect_err("a column differs");
        assert_eq!(error.code(), "audit.table_column");
        assert!(!error.to_string().contains("other"));
        let missing = with(&|rows| rows[2].columns[column].1 = None);
        assert_eq!(told(&missing, None).is_err(), rows[2].columns[column].0 != "device");
    }
    assert_eq!(code(&with(&|rows| rows[2].columns.clear()), None), "audit.table_column");
}

#[test]
fn nothing_is_written_behind_a_last_row_that_was_changed() {
    let last = chain(3).pop().expect("a row");
    assert_eq!(head_of_row(2, &last.hash, &last.line).expect("head").records, 3);
    let refused = |seq, hash: &str, line: &str| head_of_row(seq, hash, line).expect_err("refused").code();
    assert_eq!(refused(1, &last.hash, &last.line), "audit.table_column");
    assert_eq!(refused(-1, &last.hash, &last.line), "audit.table_column");
    assert_eq!(refused(2, &Digest::ZERO.to_string(), &last.line), "audit.table_column");
    assert_eq!(refused(2, &last.hash, &last.line.replace("a.analyst", "a\"analyst")), "audit.record_format");
}

#[test]
fn records_that_seal_bytes_of_a_file_are_told_from_others() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.jsonl");
    AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded");
    let mut file = std::fs::File::options().append(true).open(&path).expect("opened");
    file.write_all(b"{\"actor\":\"torn").expect("written");
    drop(file);
    AuditLog::open(&path).and_then(|log| log.record(&event())).expect("recorded");
    let mut rows = Vec::new();
    let each = |record: &AuditRecord, _: &[u8]| {
        rows.push(row(&record.to_line()));
        Ok(())
    };
    let report = read_records(&path, None, &RecordFilter::default(), each).expect("verifies");
    assert_eq!(report.recoveries, 1);
    assert_eq!(told(&rows, Some(report.head())).map(|told| (told.root, told.sealed_bytes)), Ok((report.root, 15)));
}
