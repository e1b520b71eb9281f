//! Checkpoints: how long a log is and what its root is, signed. The forms are C2SP's
//! tlog-checkpoint and signed-note with Ed25519, so that other tools can read and co-sign them.

use core::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::Digest;
use crate::id::WorkspaceId;

/// What every log's name begins with; the workspace's id follows.
const NAME: &str = "sotto-audit/";

/// Begins a line with a signature: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// Ed25519 among the types of signatures.
const ED25519: u8 = 1;

/// Bytes of a key's id.
const ID_BYTES: usize = 4;

/// The name of a workspace's log. It holds no host, since a log outlives its host's name.
#[must_use]
pub fn origin(workspace: &WorkspaceId) -> String {
    format!("{NAME}{}", workspace.to_hex())
}

/// How long a log is and what its root is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also the name of the key that signs.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// Root of the tree over their leaves.
    pub root: Digest,
}

/// A checkpoint with signatures that nobody has looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    checkpoint: Checkpoint,
    text: String,
    signatures: Vec<(String, [u8; ID_BYTES], Vec<u8>)>,
}

/// A public key with the name under which it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; ID_BYTES],
    public: VerifyingKey,
}

/// Why a note is not a checkpoint that the key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// It is not a signed note.
    NotANote,
    /// It is a signed note, and its text is not a checkpoint.
    NotACheckpoint,
    /// None of its signatures is of one of the keys.
    NotSigned,
    /// A signature that names one of the keys is not that key's.
    Forged,
    /// A key is not in the form of a verifier key, or not on the curve.
    NotAKey,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The signed note. `sign` signs with Ed25519 under the key whose public half is given.
    #[must_use]
    pub fn sign(&self, public: &[u8; 32], sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
        let text = self.text();
        let id = key_id(&self.origin, public);
        let signature = sign(text.as_bytes());
        let signed = BASE64.encode(&[&id[..], &signature[..]].concat());
        format!("{text}\n{SIGNATURE}{} {signed}\n", self.origin)
    }

    /// Lines beyond the third are other people's extensions.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|origin| is_name(origin))?.to_owned();
        let size = lines.next()?;
        let plain = size.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || (size.len() > 1 && size.starts_with('0')) {
            return None;
        }
        let size = size.parse().ok()?;
        let root = Digest::parse(lines.next()?)?;
        lines.all(|line| !line.is_empty()).then_some(Self { origin, size, root })
    }
}

impl SignedNote {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::NotANote`], [`NoteError::NotACheckpoint`]
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::NotANote)?;
        let text = format!("{text}\n");
        let signatures = signatures
            .strip_suffix('\n')
            .and_then(|lines| lines.split('\n').map(signature).collect::<Option<Vec<_>>>())
            .ok_or(NoteError::NotANote)?;
        let checkpoint = Checkpoint::parse(&text).ok_or(NoteError::NotACheckpoint)?;
        Ok(Self { checkpoint, text, signatures })
    }

    /// The log that it says it is of, to find the key by.
    #[must_use]
    pub fn claimed_origin(&self) -> &str {
        &self.checkpoint.origin
    }

    /// The checkpoint, once one of the keys has signed it. Signatures of others, such as
    /// witnesses, are passed over.
    ///
    /// # Errors
    /// [`NoteError::NotSigned`], [`NoteError::Forged`]
    pub fn open(&self, keys: &[VerifierKey]) -> Result<&Checkpoint, NoteError> {
        let mut signed = Err(NoteError::NotSigned);
        for (name, id, bytes) in &self.signatures {
            let Some(key) = keys.iter().find(|key| {
                // A key signs logs of its own name alone.
                key.name == *name && key.id == *id && key.name == self.checkpoint.origin
            }) else {
                continue;
            };
            let signature = Signature::from_slice(bytes).map_err(|_| NoteError::Forged)?;
            key.public
                .verify_strict(self.text.as_bytes(), &signature)
                .map_err(|_| NoteError::Forged)?;
            signed = Ok(&self.checkpoint);
        }
        signed
    }
}

impl VerifierKey {
    /// A public key under a name.
    ///
    /// # Errors
    /// [`NoteError::NotAKey`]
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, NoteError> {
        let on_curve = VerifyingKey::from_bytes(public).ok().filter(|_| is_name(name));
        let key = on_curve.ok_or(NoteError::NotAKey)?;
        Ok(Self { name: name.to_owned(), id: key_id(name, public), public: key })
    }

    /// Reads `name+id+key`, the written form of such keys.
    ///
    /// # Errors
    /// [`NoteError::NotAKey`]
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let read = || {
            let mut parts = text.splitn(3, '+');
            let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
            let key = BASE64.decode(key.as_bytes()).ok()?;
            let (kind, public) = key.split_first()?;
            let key = Self::new(name, public.try_into().ok()?).ok()?;
            (*kind == ED25519 && HEXLOWER.encode(&key.id) == id).then_some(key)
        };
        read().ok_or(NoteError::NotAKey)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64.encode(&[&[ED25519], &self.public.to_bytes()[..]].concat());
        write!(f, "{}+{}+{key}", self.name, HEXLOWER.encode(&self.id))
    }
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANote => "it is not a signed note",
            Self::NotACheckpoint => "it is a signed note, and not of a checkpoint",
            Self::NotSigned => "it is not signed with the key",
            Self::Forged => "its signature is not the key's: the checkpoint was changed",
            Self::NotAKey => "the key is not an Ed25519 verifier key",
        })
    }
}

impl core::error::Error for NoteError {}

/// A key's id: the first bytes of the hash of its name and itself.
fn key_id(name: &str, public: &[u8; 32]) -> [u8; ID_BYTES] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(public);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// Name, id and bytes of one line with a signature.
fn signature(line: &str) -> Option<(String, [u8; ID_BYTES], Vec<u8>)> {
    let (name, signed) = line.strip_prefix(SIGNATURE)?.split_once(' ')?;
    let bytes = BASE64.decode(signed.as_bytes()).ok()?;
    let (id, signature) = bytes.split_first_chunk()?;
    is_name(name).then(|| (name.to_owned(), *id, signature.to_vec()))
}
