use super::*;

/// The key pair of a public example of signed notes: its name and what it signed are known elsewhere.
const SIGNER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_known_key_gives_its_known_verifier_and_text() {
    let key = SignerKey::from_text(SIGNER).expect("key");
    assert_eq!((key.verifier().to_string().as_str(), key.name()), (VERIFIER, "PeterNeumann"));
    assert_eq!(key.to_text().trim_end(), SIGNER);
    assert_eq!(key.verifier().id(), [0xc7, 0x4f, 0x20, 0xa3]);
    assert_eq!(VERIFIER.parse(), Ok(key.verifier().clone()));
}

#[test]
fn what_signs_is_accepted_and_nothing_else() {
    let (key, other) = (SignerKey::from_text(SIGNER).expect("key"), SignerKey::generate("other").expect("key"));
    let signature = key.sign("text\n");
    assert!(key.verifier().accepts("text\n", &signature));
    assert!(!key.verifier().accepts("text", &signature) && !other.verifier().accepts("text\n", &signature));
    for at in 0..64 {
        let mut changed = signature;
        changed[at] ^= 1;
        assert!(!key.verifier().accepts("text\n", &changed), "byte {at}");
    }
    assert!(!key.verifier().accepts("text\n", &signature[..63]) && !key.verifier().accepts("text\n", &[]));
}

#[test]
fn other_texts_are_refused_without_being_shown() {
    let secret = "AYEKFALVFGyNhPJEMzD1QIDr";
    for bad in [
        String::new(),
        VERIFIER.to_owned(),
        SIGNER.replace("PRIVATE", "private"),
        SIGNER.replace("c74f20a3", "c74f20a4"),
        SIGNER.replace("c74f20a3", "C74F20A3"),
        SIGNER.replace("PeterNeumann", "PeterNeuman"),
        SIGNER.replace("PeterNeumann", ""),
        SIGNER.replace("+AYEK", "+AoEK"),
        format!("{SIGNER}="),
        SIGNER[..SIGNER.len() - 4].to_owned(),
    ] {
        let error = SignerKey::from_text(&bad).expect_err(&bad);
        assert_eq!(error.code(), "key.signer_form", "{bad}");
        assert!(!format!("{error} {error:?}").contains(secret));
    }
    // The points of order 1, 2 and 4 fit signatures on any text.
    let weak = [vec![1_u8], vec![0]].map(|mut bytes| {
        bytes.resize(32, 0);
        VerifyingKey::from_bytes(&bytes.try_into().expect("32 bytes")).expect("a point")
    });
    for bad in [
        SIGNER.to_owned(),
        String::new(),
        VERIFIER.replace("c74f20a3", "c74f20a4"),
        VERIFIER.replace("+ARpc", "+AhpC"),
        VERIFIER[..VERIFIER.len() - 4].to_owned(),
        VerifierKey::new("weak", weak[0]).to_string(),
        VerifierKey::new("weak", weak[1]).to_string(),
    ] {
        assert_eq!(bad.parse::<VerifierKey>().expect_err(&bad).code(), "key.verifier_form", "{bad}");
    }
    for name in ["", "a b", "a+b", "é", "a\nb", &"a".repeat(129)] {
        assert_eq!(SignerKey::generate(name).expect_err(name).code(), "key.signer_name");
    }
}

#[test]
fn a_key_file_is_read_back_never_overwritten_and_private() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("audit.key");
    let key = SignerKey::generate("example.nhs.uk/audit").expect("key");
    key.write_new_file(&path).expect("written");
    let again = SignerKey::from_file(&path).expect("read");
    assert_eq!((again.verifier(), &**again.seed), (key.verifier(), &**key.seed));
    assert_eq!(key.write_new_file(&path).expect_err("exists").code(), "key.file_exists");
    assert_eq!(SignerKey::from_file(folder.path().join("none")).expect_err("none").code(), "key.missing");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
        assert_eq!(SignerKey::from_file(&path).expect_err("exposed").code(), "key.file_exposed");
    }
}

#[test]
fn a_key_shows_its_name_only() {
    let key = SignerKey::from_text(SIGNER).expect("key");
    assert_eq!(format!("{key:?}"), "SignerKey { name: \"PeterNeumann\", .. }");
}
