//! Which content-named files stay in `dist/`: a loader that a page or a cache still holds asks for
//! the files of its own release after the next one is out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Where the list is kept, below `dist/`.
pub(crate) const PATH: &str = "assets/releases.json";

/// How many releases stay, the newest among them.
const KEPT: usize = 2;

/// The files of the latest releases, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Releases {
    releases: Vec<BTreeSet<String>>,
}

impl Releases {
    /// The list after a release of these files. Building the same files again is no new release.
    pub(crate) fn record(mut self, files: BTreeSet<String>) -> Self {
        self.releases.retain(|release| *release != files);
        self.releases.insert(0, files);
        self.releases.truncate(KEPT);
        self
    }

    /// Every file that is still asked for.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.releases.iter().flatten().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(files: &[&str]) -> BTreeSet<String> {
        files.iter().map(|&file| file.to_owned()).collect()
    }

    #[test]
    fn one_earlier_release_is_kept() {
        let releases = Releases::default()
            .record(release(&["a1", "b1"]))
            .record(release(&["a2", "b1"]))
            .record(release(&["a3", "b3"]));
        let kept: BTreeSet<_> = releases.files().collect();
        assert_eq!(kept, ["a2", "a3", "b1", "b3"].into());
    }

    #[test]
    fn building_the_same_again_forgets_nothing() {
        let once = Releases::default().record(release(&["a1"])).record(release(&["a2"]));
        assert_eq!(once.clone().record(release(&["a2"])), once);
    }

    /// Going back one release makes the newer one the earlier one.
    #[test]
    fn a_roll_back_is_a_release() {
        let releases = Releases::default()
            .record(release(&["a1"]))
            .record(release(&["a2"]))
            .record(release(&["a1"]));
        assert_eq!(releases.releases, [release(&["a1"]), release(&["a2"])]);
    }

    #[test]
    fn the_list_is_read_as_it_was_written() {
        let releases = Releases::default().record(release(&["assets/a.js"]));
        let text = serde_json::to_string(&releases).unwrap();
        assert_eq!(text, r#"{"releases":[["assets/a.js"]]}"#);
        assert_eq!(serde_json::from_str::<Releases>(&text).unwrap(), releases);
    }
}
