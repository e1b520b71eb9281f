//! The Merkle tree of RFC 6962, section 2.1, grown leaf by leaf: what is kept is the root of each
//! full subtree, largest first, so that an entry costs a few hashes however long the log is.

use sha2::{Digest as _, Sha256};

use super::Digest;

/// Begins the hash over two subtrees.
const NODE: &[u8] = &[1];

/// A tree that grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// One for each bit that is set in the size, that of the highest bit first.
    subtrees: Vec<Digest>,
}

impl Tree {
    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut subtree = leaf;
        let mut size = self.size;
        // As in counting: two full subtrees of one size make one of twice the size.
        while size & 1 == 1
            && let Some(left) = self.subtrees.pop()
        {
            subtree = node(&left, &subtree);
            size >>= 1;
        }
        self.subtrees.push(subtree);
        self.size += 1;
    }

    /// Its root; that of no leaves is the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut subtrees = self.subtrees.iter().rev();
        let Some(last) = subtrees.next() else {
            return Digest(Sha256::digest([]).into());
        };
        subtrees.fold(*last, |right, left| node(left, &right))
    }

    /// Its subtrees, to be stored beside the size.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.iter().flat_map(|subtree| subtree.0).collect()
    }

    /// The tree of a size with the subtrees that were stored; `None` if they do not belong
    /// together.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let subtrees = bytes.chunks(32).map(Digest::from_slice).collect::<Option<Vec<Digest>>>()?;
        let fits = u32::try_from(subtrees.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, subtrees })
    }
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let hash = Sha256::new().chain_update(NODE).chain_update(left.0).chain_update(right.0);
    Digest(hash.finalize().into())
}
