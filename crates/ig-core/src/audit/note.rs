//! Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures.

use super::{SignerKey, VerifierKey};
use crate::error::AuditError;
use data_encoding::BASE64;

/// Room for a hundred of the largest signatures there are.
pub(super) const LONGEST_NOTE: usize = 1 << 20;
const MOST_SIGNATURES: usize = 100;

fn refused(reason: &str) -> AuditError {
    AuditError::CheckpointFormat { reason: reason.to_owned() }
}

/// The text with one signature.
pub(super) fn sign(text: &str, signer: &SignerKey) -> String {
    let signature = [&signer.verifier().id()[..], &signer.sign(text)].concat();
    format!("{text}\n\u{2014} {} {}\n", signer.name(), BASE64.encode(&signature))
}

/// The text of a note that a key has signed.
///
/// Signatures of other keys are passed over, as the specification asks; one of this key that does not fit refuses
/// the whole note.
pub(super) fn verified_text<'a>(note: &'a str, verifier: &VerifierKey) -> Result<&'a str, AuditError> {
    if note.len() > LONGEST_NOTE {
        return Err(refused("longer than 1 MiB"));
    }
    if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(refused("it has control characters"));
    }
    let end = note.rfind("\n\n").ok_or_else(|| refused("no empty line before signatures"))? + 1;
    let (text, signatures) = (&note[..end], &note[end + 1..]);
    let signatures = signatures.strip_suffix('\n').ok_or_else(|| refused("the last line is not ended"))?;
    let mut signed = false;
    for (number, line) in signatures.split('\n').enumerate() {
        let (name, id, signature) = signature_line(line).ok_or_else(|| refused("a signature is not of its form"))?;
        if number == MOST_SIGNATURES {
            return Err(refused("more than 100 signatures"));
        }
        if name == verifier.name() && id == verifier.id() {
            if !verifier.accepts(text, &signature) {
                return Err(AuditError::CheckpointSignature {});
            }
            signed = true;
        }
    }
    if signed { Ok(text) } else { Err(AuditError::CheckpointUnknownKey {}) }
}

fn signature_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, data) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let data = BASE64.decode(data.as_bytes()).ok()?;
    let (id, signature) = data.split_first_chunk::<4>()?;
    let fits = !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace()) && !signature.is_empty();
    fits.then(|| (name, *id, signature.to_vec()))
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_with_its_own_key_only() {
        let (signer, other) = (SignerKey::generate("a/b").expect("key"), SignerKey::generate("a/b").expect("key"));
        let note = sign("one\n\ntwo\n", &signer);
        assert_eq!(verified_text(&note, signer.verifier()), Ok("one\n\ntwo\n"));
        let unknown = verified_text(&note, other.verifier()).expect_err("another key of the same name");
        assert_eq!(unknown.code(), "audit.checkpoint_unknown_key");
        // Others may add their signatures, in any order.
        let (_, line) = note.rsplit_once("\n\n").expect("signatures");
        let cosigned = sign("one\n\ntwo\n", &other) + line;
        assert_eq!(verified_text(&cosigned, signer.verifier()), Ok("one\n\ntwo\n"));
        assert_eq!(verified_text(&cosigned, other.verifier()), Ok("one\n\ntwo\n"));
    }

    #[test]
    fn every_changed_byte_refuses_the_note() {
        let signer = SignerKey::generate("a").expect("key");
        let note = sign("log\n1\nroot\n", &signer).into_bytes();
        for at in 0..note.len() {
            let mut changed = note.clone();
            changed[at] ^= 1;
            let Ok(text) = std::str::from_utf8(&changed) else { continue };
            assert!(verified_text(text, signer.verifier()).is_err(), "byte {at}: {text}");
        }
        let text = String::from_utf8(note).expect("text");
        let forged = text.replacen("log\n1", "log\n2", 1);
        assert_eq!(verified_text(&forged, signer.verifier()).expect_err("forged").code(), "audit.checkpoint_signature");
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let signer = SignerKey::generate("a").expect("key");
        let good = sign("t\n", &signer);
        let line = good.lines().last().expect("line");
        for bad in [
            String::new(),
            "t\n".to_owned(),
            "t\n\n".to_owned(),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replace('\u{2014}', "-"),
            good.replace('t', "t\t"),
            format!("{good}x\n"),
            good.replace("\u{2014} a ", "\u{2014}  "),
            good.replace("\u{2014} a ", "\u{2014} a+ "),
            "t\n\n\u{2014} a AAAAAA==\n".to_owned(),
            format!("t\n\n{}", format!("{line}\n").repeat(101)),
            format!("{}\n\n{line}\n", "t".repeat(LONGEST_NOTE)),
        ] {
            let error = verified_text(&bad, signer.verifier()).expect_err(&bad);
            assert_eq!(error.code(), "audit.checkpoint_format", "{bad}");
        }
        assert!(verified_text(&format!("t\n\n{}", format!("{line}\n").repeat(100)), signer.verifier()).is_ok());
    }
}
