//! Values that components follow.
//!
//! Who follows what is found out by Leptos' reactive graph: while an effect runs, every value that
//! it looks at meets it there as the observer. The two ends of that graph are ours, so that they
//! are compiled once and not once for each type, and without what this widget does not need:
//!
//! - a value keeps its followers in a plain list. The graph's own triggers and effects keep hash
//!   sets, owners and a channel each: 5.1 KB of the program as it is sent (brotli).
//! - an effect forgets nothing when it runs: of a value that it no longer looks at it hears once
//!   more, and not again, since a value that has told its followers begins a new list.
//!
//! The graph is the crate `reactive_graph`, which Leptos 0.8.23 is built on. Taken through the
//! crate `leptos` it would be the same code and 7.1 KB more, since that crate always brings the
//! browser side of server functions along, whose exports no linker may drop.

use core::cell::{Cell, Ref, RefCell};
use core::future::Future;
use core::mem::take;
use core::pin::Pin;
use std::sync::{Arc, Weak};

use reactive_graph::graph::{
    AnySource, AnySubscriber, Observer, ReactiveNode, Subscriber, WithObserver,
};

/// A value that tells its followers of every change.
pub(crate) struct Watched<T> {
    value: RefCell<T>,
    followers: Followers,
}

/// Who looked at a value since it last changed.
#[derive(Default)]
struct Followers(RefCell<Vec<AnySubscriber>>);

impl<T> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: RefCell::new(value), followers: Followers::default() }
    }

    /// The value. The effect that asks is run again when it changes.
    pub(crate) fn get(&self) -> T
    where
        T: Clone,
    {
        self.followers.note();
        self.peek()
    }

    /// The value, for who does not follow it.
    pub(crate) fn peek(&self) -> T
    where
        T: Clone,
    {
        self.value.borrow().clone()
    }

    /// Looks at the value in place, following it. The value cannot be changed meanwhile.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.followers.note();
        look(&self.value.borrow())
    }

    /// The same for who does not follow it.
    pub(crate) fn look(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    pub(crate) fn set(&self, value: T) {
        self.value.replace(value);
        self.followers.tell();
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.followers.tell();
    }
}

impl Followers {
    /// Notes the effect that is running, if one is.
    #[inline(never)]
    fn note(&self) {
        let Some(follower) = Observer::get() else { return };
        let mut followers = self.0.borrow_mut();
        if !followers.contains(&follower) {
            followers.push(follower);
        }
    }

    #[inline(never)]
    fn tell(&self) {
        for follower in take(&mut *self.0.borrow_mut()) {
            follower.mark_dirty();
        }
    }
}

/// What an effect does.
type Follow = Box<dyn FnMut()>;

thread_local! {
    /// The effects of all chats of the page. The graph holds what may cross threads, which nothing
    /// that touches the page may, so it knows an effect by its number.
    static EFFECTS: RefCell<Vec<Effect>> = const { RefCell::new(Vec::new()) };
    /// The number of the last one.
    static LAST: Cell<usize> = const { Cell::new(0) };
    /// The effects that are to run next.
    static DUE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

struct Effect {
    node: Arc<Node>,
    /// Absent while it runs.
    follow: Option<Follow>,
}

/// An effect as the graph knows it: by its number.
struct Node(usize);

impl ReactiveNode for Node {
    /// Effects run together when the browser's script has ended, each once, in the order in which
    /// they first heard of a change.
    fn mark_dirty(&self) {
        let first = DUE.with_borrow_mut(|due| {
            if !due.contains(&self.0) {
                due.push(self.0);
            }
            due.len() == 1
        });
        if first {
            later();
        }
    }

    fn mark_check(&self) {}

    fn mark_subscribers_check(&self) {}

    fn update_if_necessary(&self) -> bool {
        false
    }
}

impl Subscriber for Node {
    fn add_source(&self, _: AnySource) {}

    fn clear_sources(&self, _: &AnySubscriber) {}
}

/// Has the effects run that are due.
#[cfg(not(test))]
fn later() {
    spawn(async { run_due() });
}

/// A test runs them itself: natively there is no browser that would.
#[cfg(test)]
const fn later() {}

fn run_due() {
    for number in DUE.take() {
        run(number);
    }
}

/// Runs an effect, unless it has ended or is running.
fn run(number: usize) {
    let taken = EFFECTS.with_borrow_mut(|effects| {
        let effect = effects.iter_mut().find(|effect| effect.node.0 == number)?;
        Some((Arc::clone(&effect.node), effect.follow.take()?))
    });
    let Some((node, mut follow)) = taken else { return };
    let node: Weak<dyn Subscriber + Send + Sync> = Arc::downgrade(&node) as _;
    AnySubscriber(number, node).with_observer(&mut follow);
    EFFECTS.with_borrow_mut(|effects| {
        if let Some(effect) = effects.iter_mut().find(|effect| effect.node.0 == number) {
            effect.follow = Some(follow);
        }
    });
}

/// The effects of one chat. They end with it.
#[derive(Default)]
pub(crate) struct Effects(RefCell<Vec<usize>>);

impl Effects {
    /// Runs `follow` now and whenever a value that it looked at has changed.
    #[inline(never)]
    pub(crate) fn add(&self, follow: Follow) {
        let number = LAST.get() + 1;
        LAST.set(number);
        self.0.borrow_mut().push(number);
        let effect = Effect { node: Arc::new(Node(number)), follow: Some(follow) };
        EFFECTS.with_borrow_mut(|effects| effects.push(effect));
        run(number);
    }

    pub(crate) fn clear(&self) {
        let ours = self.0.take();
        // What they hold may hold this chat; it goes when the list is free again.
        let ended: Vec<Effect> = EFFECTS.with_borrow_mut(|effects| {
            effects.extract_if(.., |effect| ours.contains(&effect.node.0)).collect()
        });
        drop(ended);
    }
}

/// Runs something that takes longer.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    wasm_bindgen_futures::spawn_local(work);
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    /// An effect over two values that notes what it saw; it looks at the second only while the
    /// first is even.
    fn follow(
        effects: &Effects,
    ) -> (Rc<Watched<u32>>, Rc<Watched<u32>>, Rc<RefCell<Vec<(u32, u32)>>>) {
        let (first, second) = (Rc::new(Watched::new(0)), Rc::new(Watched::new(0)));
        let seen = Rc::new(RefCell::new(Vec::new()));
        effects.add(Box::new({
            let (first, second, seen) = (first.clone(), second.clone(), seen.clone());
            move || {
                let value = first.get();
                let other = if value % 2 == 0 { second.with(|other| *other) } else { 99 };
                seen.borrow_mut().push((value, other));
            }
        }));
        (first, second, seen)
    }

    #[test]
    fn an_effect_runs_at_once_and_once_after_several_changes() {
        let effects = Effects::default();
        let (first, second, seen) = follow(&effects);
        assert_eq!(seen.take(), [(0, 0)]);
        second.set(1);
        first.set(2);
        second.update(|value| *value += 1);
        assert!(seen.take().is_empty());
        run_due();
        assert_eq!(seen.take(), [(2, 2)]);
        run_due();
        assert!(seen.take().is_empty());
    }

    #[test]
    fn what_is_no_longer_looked_at_is_heard_of_once_more() {
        let effects = Effects::default();
        let (first, second, seen) = follow(&effects);
        first.set(1);
        run_due();
        for value in [5, 6, 7] {
            second.set(value);
            run_due();
        }
        assert_eq!(seen.take(), [(0, 0), (1, 99), (1, 99)]);
        // Looking without following follows nothing.
        assert_eq!((second.peek(), *second.look()), (7, 7));
        assert!(second.followers.0.borrow().is_empty());
    }

    #[test]
    fn an_effect_may_change_what_it_follows_and_begin_others() {
        let effects = Rc::new(Effects::default());
        let count = Rc::new(Watched::new(0));
        let inner = Rc::new(Cell::new(0));
        effects.add(Box::new({
            let (effects, count, inner) = (effects.clone(), count.clone(), inner.clone());
            move || {
                if count.get() < 3 {
                    count.set(count.peek() + 1);
                    let (count, inner) = (count.clone(), inner.clone());
                    effects.add(Box::new(move || inner.set(inner.get() + count.get())));
                }
            }
        }));
        for _ in 0..4 {
            run_due();
        }
        assert_eq!(count.peek(), 3);
        // Each inner effect ran when it was made and after each change since: 1, 2, 3, 2, 3, 3.
        assert_eq!(inner.get(), 14);
    }

    #[test]
    fn effects_end_with_their_chat() {
        let (effects, others) = (Effects::default(), Effects::default());
        let (first, _, seen) = follow(&effects);
        let (other, _, seen_by_other) = follow(&others);
        first.set(1);
        effects.clear();
        run_due();
        first.set(2);
        other.set(1);
        run_due();
        assert_eq!(seen.take(), [(0, 0)]);
        assert_eq!(seen_by_other.take(), [(0, 0), (1, 99)]);
    }
}
