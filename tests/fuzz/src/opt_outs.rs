//! The files of the check service.

use crate::Verdict;
use crate::quiet::shows_nothing;
use ig_core::opt_out::{CheckFile, NotOptedOut, parse_check_file};

/// A file that is read is its numbers, one a line, and an answer of strangers is refused.
pub fn check_files(data: &[u8]) -> Verdict {
    let mut verdict = Verdict::Refused;
    for which in [CheckFile::Request, CheckFile::Response] {
        let numbers = match parse_check_file(data, which) {
            Err(error) => {
                shows_nothing(data, &error);
                continue;
            }
            Ok(numbers) => numbers,
        };
        let again: String = numbers.iter().flat_map(|number| [number.as_str(), ",\n"]).collect();
        assert_eq!(parse_check_file(again.as_bytes(), which).expect("the same file"), numbers);
        let text = std::str::from_utf8(data).expect("it was read").trim_start_matches('\u{feff}');
        assert_eq!(text.replace("\r\n", "\n").trim_end_matches('\n'), again.trim_end_matches('\n'), "nothing skipped");
        verdict = Verdict::Taken;
    }
    // Request and answer parted by a form feed, as `from_check_service` gets them.
    let mut halves = data.splitn(2, |byte| *byte == 0x0c);
    if let (Some(Ok(submitted)), Some(Ok(returned))) = (
        halves.next().map(|half| parse_check_file(half, CheckFile::Request)),
        halves.next().map(|half| parse_check_file(half, CheckFile::Response)),
    ) {
        let day = time::macros::date!(2026 - 11 - 22);
        let stranger = returned.iter().any(|number| !submitted.contains(number));
        match NotOptedOut::from_check_service(submitted, returned, day, ig_core::opt_out::ExpectedOptOuts::default()) {
            Ok(list) => assert!(!stranger && list.opted_out_count() <= list.submitted_count()),
            Err(error) => shows_nothing(data, &error),
        }
    }
    verdict
}
