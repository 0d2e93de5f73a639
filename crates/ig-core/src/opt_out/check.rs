//! A check from the request to the answer.

use super::allow_list::{Origin, People};
use super::answer::{Answer, NobodyOptedOut, Parsed};
use super::cache::{CheckKeys, PseudonymSet, hex_mac};
use super::check_state::{CheckState, FileState};
use super::request_file::{RequestFile, different};
use super::sealed::{self, failed};
use super::{CheckNumber, CheckSettings, ExpectedOptOuts, FileProgress, NotOptedOut};
use crate::NhsNumber;
use crate::audit::{Digest, StampSource, SystemStamps};
use crate::error::{AccessError, Result};
use crate::key::Key;
use crate::nhs_number::NumberSet;
use crate::platform::{self, Existing};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::Date;
use time::macros::format_description;
use zeroize::Zeroizing;

/// A check of a cohort with the national service, from the request to the dated answer.
///
/// Guarantees that request files are as the service takes them, that the state on disk holds no NHS number and cannot
/// be changed without the key, that every answer is held against what its own request submitted, and that there is a
/// [`NotOptedOut`] only when every file has been answered.
///
/// Does **not** make the use of data lawful, and the list is not consent: it says who had not opted out on a day. It
/// does not protect request files that you write to disk, nor the numbers from another program of the same user.
///
/// Source of the rule: NHS England check for national data opt-outs; service licence v1.2 (the list stays outside the
/// record). The layout of the file is on the page `opt_out_check_v1`.
///
/// ```
/// use ig_core::opt_out::{Answer, CheckSettings, ExpectedOptOuts, NobodyOptedOut, OptOutCheck, Status};
/// use ig_core::{Key, NhsNumber};
/// use time::macros::date;
///
/// let folder = tempfile::tempdir()?;
/// let people = ["9990000034", "9990000018", "9990000026"].map(|text| NhsNumber::parse(text).unwrap());
/// let settings = CheckSettings::new("X26ABC1", date!(2026 - 11 - 22), 1, "cohort-a");
/// let key = Key::generate()?;
/// let mut check = OptOutCheck::prepare(people.map(Into::into), &settings, &key, &folder.path().join("check.json"))?;
/// let request = &check.requests()[0];
/// assert_eq!(request.name(), "X26ABC1-221126-0001.dat");
/// assert_eq!(request.bytes(), b"9990000018,\n9990000026,\n9990000034,\n");
///
/// let answer = Answer { bytes: b"9990000018,\n9990000034,\n", local_id: Some("cohort-a") };
/// let list = check.receive(&[answer], None, ExpectedOptOuts::Default, NobodyOptedOut::Refuse)?;
/// assert_eq!(list.status(people[2]), Status::OptedOut);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OptOutCheck {
    path: PathBuf,
    state: CheckState,
    keys: CheckKeys,
    requests: Vec<RequestFile>,
    /// The numbers of answers that came in while this value lived; those of others are known as pseudonyms alone.
    returned: Vec<Option<Zeroizing<Vec<u64>>>>,
}

impl OptOutCheck {
    /// Makes the request files and the state file.
    ///
    /// Repeated numbers go out once; the order is that of the numbers, whatever that of the cohort. The state file
    /// must be new; it is readable by its owner alone.
    ///
    /// # Errors
    /// `opt_out.check_setting`, `opt_out.nothing_submitted`, `opt_out.invalid_number`, `opt_out.state_exists`,
    /// `opt_out.state_unreadable`.
    pub fn prepare(
        cohort: impl IntoIterator<Item = CheckNumber>,
        settings: &CheckSettings,
        key: &Key,
        path: &Path,
    ) -> Result<Self> {
        settings.check()?;
        let numbers = different(cohort, settings.numbers)?;
        if numbers.is_empty() {
            return Err(AccessError::NothingSubmitted {}.into());
        }
        let check_id = settings.stem(0)?;
        let keys = CheckKeys::new(key, &check_id);
        let parts: Vec<&[u64]> = numbers.chunks(settings.numbers_of_a_file()).collect();
        let (mut files, mut requests) = (Vec::new(), Vec::new());
        for (place, part) in parts.iter().enumerate() {
            let request = RequestFile::new(&settings.stem(place)?, part);
            files.push(FileState {
                name: request.name().to_owned(),
                local_id: settings.local_id_of(place, parts.len()),
                numbers: part.len(),
                hash: hex_mac(&keys.request, request.bytes()),
                submitted: keys.cache.set(part.iter().copied()).to_text(),
                sending_at: None,
                message_id: None,
                sent_at: None,
                received_at: None,
                returned: None,
                refused: None,
            });
            requests.push(request);
        }
        let state = CheckState::new(settings, check_id, key, files);
        sealed::write(path, &state, &keys.state, Existing::Refuse)?;
        let returned = state.files.iter().map(|_| None).collect();
        Ok(Self { path: path.to_owned(), state, keys, requests, returned })
    }

    /// Goes on with a check whose state is on disk; it has no request files any more.
    ///
    /// # Errors
    /// `opt_out.state_unreadable`, `opt_out.state_changed`, `key.mismatch`.
    pub fn open(path: &Path, key: &Key) -> Result<Self> {
        let (state, keys) = sealed::read::<CheckState>(path, key)?;
        let returned = state.files.iter().map(|_| None).collect();
        Ok(Self { path: path.to_owned(), state, keys, requests: Vec::new(), returned })
    }

    /// The request files, if this value prepared them.
    pub fn requests(&self) -> &[RequestFile] {
        &self.requests
    }

    /// Every request file and how far it has come.
    pub fn files(&self) -> &[FileState] {
        &self.state.files
    }

    /// Names the check: the first file's name without its ending.
    pub fn check_id(&self) -> &str {
        &self.state.check_id
    }

    /// The sender's mailbox.
    pub fn mailbox(&self) -> &str {
        &self.state.mailbox
    }

    /// The workflow of the messages.
    pub fn workflow_id(&self) -> &str {
        &self.state.workflow_id
    }

    /// The subject of the messages.
    pub fn subject(&self) -> &str {
        &self.state.subject
    }

    /// How many different numbers the request holds.
    pub fn submitted_count(&self) -> usize {
        self.state.files.iter().map(|file| file.numbers).sum()
    }

    /// What stands for the request in an audit record: made of keyed hashes, so that it gives no number away.
    pub fn request_digest(&self) -> Digest {
        let hashes: Vec<&str> = self.state.files.iter().map(|file| file.hash.as_str()).collect();
        Digest::of(hashes.join("\n").as_bytes())
    }

    /// Puts the request files into a folder, new and readable by their owner alone.
    ///
    /// They hold NHS numbers: send them and delete them.
    ///
    /// # Errors
    /// `opt_out.state_exists`, `opt_out.state_unreadable`.
    pub fn write_requests(&self, folder: &Path) -> Result<()> {
        self.requests.iter().try_for_each(|request| {
            let written = platform::write_private(&folder.join(request.name()), request.bytes(), Existing::Refuse);
            written.map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => AccessError::OptOutStateExists {}.into(),
                _ => failed(&error),
            })
        })
    }

    /// Records that sending a file begins. From then on it is not sent again, whatever becomes of this process.
    ///
    /// # Errors
    /// `opt_out.request_unknown` if these are not the bytes of a request file, `opt_out.sent_already`; as
    /// [`OptOutCheck::open`].
    pub fn begin_sending(&mut self, bytes: &[u8]) -> Result<&FileState> {
        let hash = hex_mac(&self.keys.request, bytes);
        let files = self.state.files.len();
        let unknown = || AccessError::OptOutRequestUnknown { files };
        let place = self.state.files.iter().position(|file| file.hash == hash).ok_or_else(unknown)?;
        self.change(|state| {
            let file = &mut state.files[place];
            if file.progress() != FileProgress::Prepared {
                return Err(AccessError::OptOutSentAlready {}.into());
            }
            file.sending_at = Some(now()?);
            Ok(())
        })?;
        Ok(&self.state.files[place])
    }

    /// Records that a file was sent; MESH gives the message id, and other ways have none.
    ///
    /// # Errors
    /// `opt_out.wrong_local_id`, `opt_out.check_setting` for a message id that is none; as [`OptOutCheck::open`].
    pub fn sent(&mut self, local_id: &str, message_id: Option<&str>) -> Result<()> {
        let shape = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let usable = |id: &str| (1..=128).contains(&id.len()) && id.bytes().all(shape);
        if !message_id.is_none_or(usable) {
            let expected = "1 to 128 letters, digits, hyphens or underscores".to_owned();
            return Err(AccessError::OptOutCheckSetting { setting: "message_id".to_owned(), expected }.into());
        }
        let place = self.place_of(Some(local_id))?;
        self.change(|state| {
            let file = &mut state.files[place];
            file.message_id = message_id.map(str::to_owned);
            file.sent_at = Some(now()?);
            Ok(())
        })
    }

    /// Takes the beginning of a sending back: the other side said for certain that it did not take the file.
    ///
    /// # Errors
    /// `opt_out.wrong_local_id`, `opt_out.sent_already`; as [`OptOutCheck::open`].
    pub fn not_sent(&mut self, local_id: &str) -> Result<()> {
        let place = self.place_of(Some(local_id))?;
        self.change(|state| {
            let file = &mut state.files[place];
            if file.progress() != FileProgress::Sending {
                return Err(AccessError::OptOutSentAlready {}.into());
            }
            file.sending_at = None;
            Ok(())
        })
    }

    /// Records that a file was not delivered, so that there will be no answer.
    ///
    /// # Errors
    /// `opt_out.wrong_local_id`; as [`OptOutCheck::open`].
    pub fn undelivered(&mut self, local_id: &str) -> Result<()> {
        let place = self.place_of(Some(local_id))?;
        self.refuse(place, AccessError::OptOutUndelivered {}.code())
    }

    /// Reads one answer into the state, as pseudonyms, safely on disk when this returns.
    ///
    /// The service's refusal of the file is kept in the state too, and is an error all the same.
    ///
    /// # Errors
    /// `opt_out.wrong_local_id`, `opt_out.local_id_missing`, `opt_out.pending_receipt`,
    /// `opt_out.service_rejected_file`, `opt_out.file_line`, `opt_out.file_text`, `opt_out.returned_not_submitted`,
    /// `opt_out.request_sent_back`, `opt_out.answer_twice`; as [`OptOutCheck::open`].
    pub fn store_answer(&mut self, answer: Answer<'_>, nobody: NobodyOptedOut) -> Result<()> {
        let place = self.place_of(answer.local_id)?;
        let parsed = match self.parse(place, answer.bytes, nobody) {
            Err(error) if error.code() == (AccessError::OptOutServiceRejectedFile {}).code() => {
                self.refuse(place, error.code())?;
                return Err(error);
            }
            parsed => parsed?,
        };
        let members = self.keys.cache.set(parsed.numbers.iter().copied()).to_text();
        self.change(|state| {
            let file = &mut state.files[place];
            if file.returned.as_ref().is_some_and(|before| *before != members) {
                return Err(AccessError::OptOutAnswerTwice {}.into());
            }
            if file.returned.is_none() {
                (file.returned, file.received_at, file.refused) = (Some(members), Some(now()?), None);
            }
            Ok(())
        })?;
        self.returned[place] = Some(parsed.numbers);
        Ok(())
    }

    /// Reads answers and gives the list, if every request file has one now.
    ///
    /// # Errors
    /// As [`OptOutCheck::store_answer`] and [`OptOutCheck::finish`].
    pub fn receive(
        &mut self,
        answers: &[Answer<'_>],
        checked_at: Option<Date>,
        expected: ExpectedOptOuts,
        nobody: NobodyOptedOut,
    ) -> Result<NotOptedOut> {
        answers.iter().try_for_each(|answer| self.store_answer(*answer, nobody))?;
        self.finish(checked_at, expected)
    }

    /// The list of a check whose files are all answered.
    ///
    /// The day of the check is, unless given, the day on which the first file was sent, or else prepared: never later
    /// than the service looked, so that the list does not seem younger than it is.
    ///
    /// # Errors
    /// `opt_out.answer_missing`, `opt_out.service_rejected_file`, `opt_out.undelivered`,
    /// `opt_out.answered_too_early`, `opt_out.empty_answer`, `opt_out.looks_like_deny_list`, `opt_out.share`.
    pub fn finish(&self, checked_at: Option<Date>, expected: ExpectedOptOuts) -> Result<NotOptedOut> {
        let files = &self.state.files;
        for file in files {
            match file.refused.as_deref() {
                None => {}
                Some("opt_out.undelivered") => return Err(AccessError::OptOutUndelivered {}.into()),
                Some(_) => return Err(AccessError::OptOutServiceRejectedFile {}.into()),
            }
        }
        let missing = files.iter().filter(|file| file.returned.is_none()).count();
        if missing > 0 {
            return Err(AccessError::OptOutAnswerMissing { missing, files: files.len() }.into());
        }
        let prepared = day(&self.state.prepared_on)?;
        let days = checked_at.map_or(0, |checked| (prepared - checked).whole_days());
        if days > 0 {
            return Err(AccessError::OptOutAnsweredTooEarly { days }.into());
        }
        let checked_at = checked_at.unwrap_or_else(|| self.sent_on(prepared));
        let submitted = self.sets(|file| Some(&file.submitted))?;
        let returned = self.sets(|file| file.returned.as_ref())?;
        let counts = (submitted.len(), returned.len());
        let origin = Origin {
            check_id: self.state.check_id.clone(),
            key_id: self.state.key_id.clone(),
            check_value: self.state.check_value.clone(),
        };
        let numbers: Option<Vec<_>> = self.returned.iter().map(Option::as_ref).collect();
        let returned = numbers.map_or(People::Pseudonyms(returned), |files| {
            let values = files.into_iter().flat_map(|file| file.iter());
            People::Numbers(NumberSet::collect(values.filter_map(|value| NhsNumber::from_unsigned(*value).ok())))
        });
        let people = (People::Pseudonyms(submitted), returned);
        NotOptedOut::of(people, Some(Arc::clone(&self.keys.cache)), Some(origin), counts, checked_at)
            .expecting(expected)
    }

    fn sets(&self, of: impl Fn(&FileState) -> Option<&String>) -> Result<PseudonymSet> {
        let set = |file| of(file).and_then(|text| PseudonymSet::from_text(text)).ok_or_else(not_a_set);
        Ok(PseudonymSet::union(&self.state.files.iter().map(set).collect::<Result<Vec<_>>>()?))
    }

    fn sent_on(&self, prepared: Date) -> Date {
        let sent: Option<Vec<Date>> = (self.state.files.iter())
            .map(|file| file.sent_at.as_ref().and_then(|time| day(time.get(..10)?).ok()))
            .collect();
        // The clock of the sender may be behind the day that the request names.
        sent.and_then(|days| days.into_iter().min()).map_or(prepared, |sent| sent.max(prepared))
    }

    fn parse(&self, place: usize, bytes: &[u8], nobody: NobodyOptedOut) -> Result<Parsed> {
        let file = &self.state.files[place];
        let submitted = PseudonymSet::from_text(&file.submitted).ok_or_else(not_a_set)?;
        let parsed = Parsed::new(bytes, file, &submitted, &self.keys.cache, self.state.numbers)?;
        let same = hex_mac(&self.keys.request, bytes) == file.hash || parsed.looks_like_request(file);
        if same && nobody == NobodyOptedOut::Refuse {
            return Err(AccessError::OptOutRequestSentBack { numbers: file.numbers }.into());
        }
        Ok(parsed)
    }

    fn place_of(&self, local_id: Option<&str>) -> Result<usize> {
        let files = self.state.files.len();
        let Some(local_id) = local_id else {
            return if files == 1 { Ok(0) } else { Err(AccessError::OptOutLocalIdMissing { files }.into()) };
        };
        let found = self.state.files.iter().position(|file| file.local_id == local_id);
        found.ok_or_else(|| AccessError::OptOutWrongLocalId { files }.into())
    }

    fn refuse(&mut self, place: usize, code: &str) -> Result<()> {
        self.change(|state| {
            let file = &mut state.files[place];
            // An answer that is there stays: whoever can write messages must not be able to take it away.
            if file.returned.is_none() {
                file.refused = Some(code.to_owned());
            }
            Ok(())
        })
    }

    /// One change at a time, on what is on disk now: another process may have gone on meanwhile.
    fn change(&mut self, change: impl FnOnce(&mut CheckState) -> Result<()>) -> Result<()> {
        let mut lock = self.path.clone().into_os_string();
        lock.push(".lock");
        let (lock, _) = platform::open_append_private(Path::new(&lock)).map_err(|error| failed(&error))?;
        lock.lock().map_err(|error| failed(&error))?;
        let mut state = sealed::reread::<CheckState>(&self.path, &self.keys.state)?;
        if state.check_id != self.state.check_id {
            return Err(AccessError::OptOutStateChanged {}.into());
        }
        change(&mut state)?;
        sealed::write(&self.path, &state, &self.keys.state, Existing::Replace)?;
        self.state = state;
        Ok(())
    }
}

impl fmt::Debug for OptOutCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptOutCheck")
            .field("check_id", &self.state.check_id)
            .field("files", &self.state.files.len())
            .field("submitted", &self.submitted_count())
            .finish_non_exhaustive()
    }
}

fn day(text: &str) -> Result<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| sealed::unreadable("a day in it is none"))
}

fn now() -> Result<String> {
    Ok(SystemStamps.now().map(|time| time.to_string())?)
}

fn not_a_set() -> crate::Error {
    sealed::unreadable("a set in it is none")
}
