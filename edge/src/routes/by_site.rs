//! What an isolate knows of the sites that it has met of late, so that not every request has to wait
//! for its site's workspace: their policies, and whether they ask for a challenge.
//!
//! It is the one thing that the Worker remembers from request to request, and only a copy: an
//! entry is asked for anew after [`limits::SETTINGS_SECONDS`], which bounds how long a changed
//! setting is not yet in effect.

use std::cell::Cell;
use std::collections::HashMap;
use std::thread::LocalKey;

use sotto_shared::id::WorkspaceId;
use sotto_shared::limits;

/// Sites that are remembered.
const SITES: usize = 256;

/// A site among all tenants': its workspace and its number.
pub(super) type SiteName = (WorkspaceId, u16);

/// What is known of each site, with the time at which it was asked for.
#[derive(Debug)]
pub(super) struct BySite<T>(HashMap<SiteName, (u64, T)>);

impl<T> Default for BySite<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone> BySite<T> {
    /// What is known of a site, unless it has to be asked for. Times are Unix milliseconds.
    #[must_use]
    pub(super) fn get(&self, site: &SiteName, now: u64) -> Option<T> {
        let (at, known) = self.0.get(site)?;
        is_fresh(*at, now).then(|| known.clone())
    }

    /// Remembers what was asked for at `now`. Where there is no room, the one that was asked for
    /// first goes.
    pub(super) fn put(&mut self, site: SiteName, known: T, now: u64) {
        if self.0.len() >= SITES {
            self.0.retain(|_, (at, _)| is_fresh(*at, now));
        }
        if self.0.len() >= SITES && !self.0.contains_key(&site) {
            let first = self.0.iter().min_by_key(|(_, (at, _))| *at).map(|(site, _)| *site);
            first.and_then(|first| self.0.remove(&first));
        }
        self.0.insert(site, (now, known));
    }
}

/// Works on what this isolate knows of something, which is nobody else's meanwhile.
pub(super) fn with<T, R>(
    known: &'static LocalKey<Cell<BySite<T>>>,
    work: impl FnOnce(&mut BySite<T>) -> R,
) -> R {
    known.with(|cell| {
        let mut known = cell.take();
        let result = work(&mut known);
        cell.set(known);
        result
    })
}

fn is_fresh(at: u64, now: u64) -> bool {
    now.saturating_sub(at) < limits::SETTINGS_SECONDS * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000_000;
    const LIFE: u64 = limits::SETTINGS_SECONDS * 1_000;

    fn site(number: u16) -> SiteName {
        (WorkspaceId::from_bytes([1; 32]), number)
    }

    #[test]
    fn a_change_takes_effect_within_the_stated_time() {
        let mut known = BySite::default();
        assert_eq!(known.get(&site(1), NOW), None);
        known.put(site(1), "before", NOW);
        assert_eq!(known.get(&site(1), NOW + LIFE - 1), Some("before"));
        assert_eq!(known.get(&site(1), NOW + LIFE), None, "it is asked for anew");
        known.put(site(1), "after", NOW + LIFE);
        assert_eq!(known.get(&site(1), NOW + LIFE), Some("after"));
    }

    #[test]
    fn sites_and_tenants_are_kept_apart() {
        let mut known = BySite::default();
        known.put(site(1), (), NOW);
        assert!(known.get(&site(2), NOW).is_none());
        assert!(known.get(&(WorkspaceId::from_bytes([2; 32]), 1), NOW).is_none());
    }

    #[test]
    fn where_there_is_no_room_the_oldest_goes() {
        let mut known = BySite::default();
        let more = u16::try_from(SITES).unwrap();
        for number in 0..=more {
            known.put(site(number), (), NOW + u64::from(number));
        }
        let later = NOW + u64::from(more);
        assert_eq!(known.0.len(), SITES);
        assert!(known.get(&site(0), later).is_none());
        assert!(known.get(&site(1), later).is_some());
        assert!(known.get(&site(more), later).is_some());
        known.put(site(more), (), later);
        assert_eq!(known.0.len(), SITES, "one that is there takes no more room");
        known.put(site(0), (), later + LIFE);
        assert_eq!(known.0.len(), 1, "what is stale goes first");
    }
}
