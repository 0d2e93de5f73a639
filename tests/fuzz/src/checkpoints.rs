//! Checkpoints, proofs and their keys: what is opened is what was signed, and prints to what was read.

use crate::quiet::{shows_no_key, shows_nothing};
use crate::{Verdict, text};
use ig_core::audit::{Checkpoint, ConsistencyProof, InclusionProof, MerkleTree, SignerKey, VerifierKey};
use ig_core::audit::{check_consistency, check_inclusion};

/// The pair of the vectors, which signed the corpus; a fuzzer does not find another signature of it.
const VERIFIER: &str = "example.nhs.uk/audit+0a4183b7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const ORIGIN: &str = "example.nhs.uk/audit";
/// The vectors' checkpoint of two records.
const OLDER: &str = include_str!("../corpus/audit_checkpoint/taken_2");

fn verifier() -> VerifierKey {
    VERIFIER.parse().expect("a key")
}

/// A checkpoint that opens was signed as it stands.
pub fn audit_checkpoint(data: &[u8]) -> Verdict {
    let text = text(data);
    match Checkpoint::open(&text, &verifier(), ORIGIN) {
        Err(error) => {
            shows_nothing(data, &error);
            Verdict::Refused
        }
        Ok(opened) => {
            assert_eq!((opened.to_string().as_str(), opened.origin()), (&*text, ORIGIN));
            assert!(opened.size() < 14, "the key of the vectors signed no other size");
            Verdict::Taken
        }
    }
}

/// A proof that opens prints to itself, and its path leads where it says.
pub fn audit_proof(data: &[u8]) -> Verdict {
    let text = text(data);
    let older = Checkpoint::open(OLDER, &verifier(), ORIGIN).expect("opens");
    let inclusion = InclusionProof::open(&text, None, &verifier(), ORIGIN);
    let growth = ConsistencyProof::open(&text, &older, &verifier());
    match (inclusion, growth) {
        (Err(inclusion), Err(growth)) => {
            shows_nothing(data, &inclusion);
            shows_nothing(data, &growth);
            Verdict::Refused
        }
        (Ok(proof), Err(_)) => {
            assert_eq!(proof.to_string(), *text);
            let leaf = MerkleTree::leaf(proof.record().to_line().as_bytes());
            let (seq, held) = (proof.record().seq(), proof.checkpoint());
            assert_eq!(check_inclusion(leaf, seq, held.size(), proof.path(), held.root()), Ok(()));
            Verdict::Taken
        }
        (Err(_), Ok(proof)) => {
            assert_eq!(proof.to_string(), *text);
            let (old, new) = ((older.size(), older.root()), (proof.newer().size(), proof.newer().root()));
            assert_eq!(check_consistency(old, new, proof.path()), Ok(()));
            Verdict::Taken
        }
        (Ok(_), Ok(_)) => panic!("one text proves two things"),
    }
}

/// A key that is read prints to its own text; a signing key shows its name only.
pub fn audit_keys(data: &[u8]) -> Verdict {
    let text = text(data);
    match (SignerKey::from_text(&text), text.parse::<VerifierKey>()) {
        (Err(signer), Err(verifier)) => {
            shows_nothing(data, &signer);
            shows_nothing(data, &verifier);
            Verdict::Refused
        }
        (Ok(signer), Err(_)) => {
            shows_no_key(data, &signer);
            let public = signer.verifier().to_string();
            assert_eq!(public.parse().as_ref(), Ok(signer.verifier()));
            assert!(!format!("{signer:?} {public}").contains(text.trim().rsplit('+').next().expect("data")));
            Verdict::Taken
        }
        (Err(_), Ok(verifier)) => {
            assert_eq!(verifier.to_string(), text.trim());
            Verdict::Taken
        }
        (Ok(_), Ok(_)) => panic!("a signing key is no verifier key"),
    }
}
