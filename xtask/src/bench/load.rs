//! Many at a time: each of so many clients does the same again and again, until the time is over
//! or there is nothing left to do.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::client::{Client, Conversation, Sotto, Through, Took};

/// Messages in one conversation: then a visitor has heard enough.
const MESSAGES: usize = 10;

/// Conversations of one run at most: as many as there are networks to come from, of 10.0.0.0/8 cut
/// to two bytes.
const CONVERSATIONS: usize = 10_000;

/// Calls of one kind that were made.
#[derive(Debug)]
pub(super) struct Made<T> {
    /// What each took.
    pub(super) took: Vec<T>,
    /// How long all of it took.
    pub(super) time: Duration,
}

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self { took: Vec::new(), time: Duration::ZERO }
    }
}

impl<T> Made<T> {
    /// Goes on with what was made later.
    pub(super) fn append(&mut self, mut later: Self) {
        self.took.append(&mut later.took);
        self.time += later.time;
    }
}

/// The conversations that are there.
#[derive(Debug, Default)]
pub(super) struct Conversations(Mutex<Vec<Conversation>>);

impl Conversations {
    /// One that fits, and that nobody else gets meanwhile.
    fn take(&self, fits: impl Fn(&Conversation) -> bool) -> Option<Conversation> {
        let mut waiting = self.0.lock().ok()?;
        let at = waiting.iter().rposition(fits)?;
        Some(waiting.swap_remove(at))
    }

    fn give(&self, conversation: Conversation) {
        if let Ok(mut waiting) = self.0.lock() {
            waiting.push(conversation);
        }
    }
}

/// So many clients, who keep their connections.
#[derive(Debug)]
pub(super) struct Crowd<'a> {
    sotto: &'a Sotto,
    through: &'a Through,
    clients: Vec<Client>,
    /// Conversations begun so far: each comes from a network of its own, since limits are per
    /// network.
    begun: &'a AtomicUsize,
    /// Those that can be written in.
    open: Conversations,
    /// Those that were resumed.
    resumed: Conversations,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(
        sotto: &'a Sotto,
        through: &'a Through,
        begun: &'a AtomicUsize,
        size: usize,
    ) -> Self {
        Self {
            sotto,
            through,
            clients: (0..size).map(|_| Client::new()).collect(),
            begun,
            open: Conversations::default(),
            resumed: Conversations::default(),
        }
    }

    /// Begins conversations.
    pub(super) fn mint(&self, time: Duration) -> Result<Made<Duration>> {
        self.repeat(time, |client| {
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            if number >= CONVERSATIONS {
                return Ok(None);
            }
            let (conversation, took) = client.mint(self.sotto, number)?;
            self.open.give(conversation);
            Ok(Some(took))
        })
    }

    /// Chats in them, in each but a while.
    pub(super) fn chat(&self, time: Duration) -> Result<Made<Took>> {
        self.repeat(time, |client| {
            let Some(mut one) = self.open.take(|one| one.messages < MESSAGES) else {
                return Ok(None);
            };
            let took = client.chat(self.sotto, &mut one)?;
            self.open.give(one);
            Ok(Some(took))
        })
    }

    /// Asks the provider without Sotto.
    pub(super) fn pass_through(&self, time: Duration) -> Result<Made<Took>> {
        self.repeat(time, |client| client.pass_through(self.through).map(Some))
    }

    /// Resumes each conversation that something was said in.
    pub(super) fn resume(&self, time: Duration) -> Result<Made<Duration>> {
        self.repeat(time, |client| {
            let Some(one) = self.open.take(|one| one.messages > 0) else { return Ok(None) };
            let took = client.resume(self.sotto, &one)?;
            self.resumed.give(one);
            Ok(Some(took))
        })
    }

    /// Erases each conversation that was resumed.
    pub(super) fn erase(&self, time: Duration) -> Result<Made<Duration>> {
        self.repeat(time, |client| {
            let Some(one) = self.resumed.take(|_| true) else { return Ok(None) };
            client.erase(self.sotto, &one).map(Some)
        })
    }

    /// Has every client do the same until the time is over or it gets nothing to do.
    fn repeat<T: Send>(
        &self,
        time: Duration,
        work: impl Fn(&Client) -> Result<Option<T>> + Sync,
    ) -> Result<Made<T>> {
        let begun = Instant::now();
        let deadline = begun + time;
        let all = |client: &Client| -> Result<Vec<T>> {
            let mut took = Vec::new();
            while Instant::now() < deadline
                && let Some(one) = work(client)?
            {
                took.push(one);
            }
            Ok(took)
        };
        let took = thread::scope(|scope| {
            let all = &all;
            let threads: Vec<_> =
                self.clients.iter().map(|client| scope.spawn(move || all(client))).collect();
            let mut took = Vec::new();
            for thread in threads {
                took.extend(thread.join().map_err(|_| anyhow!("a client broke down"))??);
            }
            Ok::<_, anyhow::Error>(took)
        })?;
        Ok(Made { took, time: begun.elapsed() })
    }
}
