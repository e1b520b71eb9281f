//! Values that components follow.
//!
//! Leptos' reactive graph knows who follows what; the value itself is kept here, so that the
//! graph's code is compiled once and not once for each type of signal, which saved 7.7 KB of the
//! program as it is sent (brotli).
//!
//! The graph is the crate `reactive_graph`, which Leptos 0.8.23 is built on. Taken through the
//! crate `leptos` it would be the same code and 7.1 KB more, since that crate always brings the
//! browser side of server functions along, whose exports no linker may drop.

use core::cell::{Ref, RefCell};
use core::future::Future;
use core::pin::Pin;

use reactive_graph::effect::RenderEffect;
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track};

/// A value that tells its followers of every change.
pub(crate) struct Watched<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

impl<T> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: RefCell::new(value), changed: ArcTrigger::new() }
    }

    /// The value. The effect that asks is run again when it changes.
    pub(crate) fn get(&self) -> T
    where
        T: Clone,
    {
        self.changed.track();
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
        self.changed.track();
        look(&self.value.borrow())
    }

    /// The same for who does not follow it.
    pub(crate) fn look(&self) -> Ref<'_, T> {
        self.value.borrow()
    }

    pub(crate) fn set(&self, value: T) {
        self.value.replace(value);
        self.changed.notify();
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.borrow_mut());
        self.changed.notify();
    }
}

/// The effects of one chat. They end with it.
#[derive(Default)]
pub(crate) struct Effects(RefCell<Vec<RenderEffect<()>>>);

impl Effects {
    /// Runs `follow` now and whenever a value that it looked at has changed. One boxed type for
    /// all of them, for the same reason as above.
    #[inline(never)]
    pub(crate) fn add(&self, mut follow: Box<dyn FnMut()>) {
        let effect = RenderEffect::new(move |_: Option<()>| follow());
        self.0.borrow_mut().push(effect);
    }

    pub(crate) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// Runs something that takes longer.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    wasm_bindgen_futures::spawn_local(work);
}
