//! The queue between requests and the worker.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::ticket::DeliveryWaiter;
use crate::report::event::Event;
use crate::report::outcome::Outcome;

/// Bounded in count and bytes; who finds it full goes. It outlives the worker, so that nothing is lost with
/// one.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    count: usize,
    bytes: usize,
    pub(super) wake: Notify,
}

#[derive(Debug, Default)]
pub(super) struct State {
    items: VecDeque<Item>,
    bytes: usize,
    /// How many have ever got in; the number of the newest one.
    pub(super) entered: u64,
    /// The number of the one that the worker has in its hands.
    pub(super) in_hand: Option<u64>,
    closed: bool,
    /// Whether the worker waits to be woken.
    sleeps: bool,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) captured: Box<Event>,
    pub(super) suppressed: u64,
    pub(super) ticket: Option<Arc<DeliveryWaiter>>,
    /// Which one of all it is.
    pub(super) number: u64,
    weight: usize,
}

impl Queue {
    pub(super) fn new(count: usize, bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            count,
            bytes,
            wake: Notify::new(),
        }
    }

    /// Never waits: the lock is only ever held for a move.
    pub(super) fn push(
        &self,
        captured: Box<Event>,
        suppressed: u64,
        ticket: Option<Arc<DeliveryWaiter>>,
    ) -> Result<(), Outcome> {
        let weight = weight(&captured);
        let is_panic = captured.is_panic();
        let mut state = self.lock();
        if state.closed {
            return Err(Outcome::ShutDown);
        }
        let is_urgent = captured.is_urgent;
        let room = |bound: usize| match is_urgent {
            // All panics of a process that may end, and it goes on after most of them.
            true => bound.saturating_mul(2),
            false => room(bound, is_panic),
        };
        let is_full =
            state.items.len() >= room(self.count) || state.bytes + weight > room(self.bytes);
        if is_full {
            return Err(Outcome::QueueFull);
        }
        state.entered += 1;
        state.bytes += weight;
        let number = state.entered;
        let item = Item {
            captured,
            suppressed,
            ticket,
            number,
            weight,
        };
        if is_urgent {
            state.items.push_front(item);
        } else {
            state.items.push_back(item);
        }
        // Waking costs more than all the rest; a worker that only naps looks by itself.
        let is_half_full = state.items.len() == self.count.div_ceil(2);
        let wakes = std::mem::take(&mut state.sleeps) || is_half_full || is_urgent;
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Has the next one to come wake the worker, unless one has come.
    pub(super) fn sleep(&self) -> bool {
        let mut state = self.lock();
        state.sleeps = state.items.is_empty() && !state.closed;
        state.sleeps
    }

    /// The next one, which is in the worker's hands from then on, until [`State::in_hand`] is `None`.
    pub(super) fn pop(&self) -> Option<Item> {
        let mut state = self.lock();
        let item = state.items.pop_front()?;
        state.bytes -= item.weight;
        state.in_hand = Some(item.number);
        Some(item)
    }

    /// Lets nobody in any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Whether it is closed and empty.
    pub(super) fn is_done(&self) -> bool {
        let state = self.lock();
        state.closed && state.is_empty()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// All that wait, for nobody will come for them.
    pub(super) fn take(&mut self) -> VecDeque<Item> {
        self.bytes = 0;
        std::mem::take(&mut self.items)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.in_hand.is_none()
    }

    pub(super) fn len(&self) -> u64 {
        self.items.len() as u64 + u64::from(self.in_hand.is_some())
    }

    /// Whether one of the first `number` has not reached the reporters.
    pub(super) fn holds_any_of(&self, number: u64) -> bool {
        // They are in order, but for urgent ones in front.
        let is_one = |held: u64| held <= number;
        self.in_hand.is_some_and(is_one) || self.items.iter().any(|item| is_one(item.number))
    }
}

/// A bound, and the eighth above it that is for panics: errors that flood the queue must not drown them.
pub(super) fn room(bound: usize, is_panic: bool) -> usize {
    let reserve = if is_panic { (bound / 8).max(1) } else { 0 };
    bound.saturating_add(reserve)
}

/// About how many bytes it holds on to. An error's own memory can't be measured; its message's can't
/// be without making it.
fn weight(captured: &Event) -> usize {
    const ERROR: usize = 512;
    let facts = captured.request.as_ref().map_or(0, |facts| {
        let headers = facts.headers().map(|(_, value)| value.len());
        facts.uri().path().len() + facts.uri().query().map_or(0, str::len) + headers.sum::<usize>()
    });
    size_of::<Item>()
        + size_of::<Event>()
        + ERROR
        + captured.failure.size()
        + captured.scope_size()
        + facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Failure};
    use crate::report::event::EventContext;

    #[test]
    fn what_is_urgent_gets_in_though_it_is_full_and_first_and_no_flush_forgets_the_others() {
        let queue = Queue::new(2, usize::MAX);
        let push = |is_urgent| {
            let mut captured = Event::new(Failure::from(Error::msg("x")), EventContext::default());
            captured.is_urgent = is_urgent;
            queue.push(captured, 0, None)
        };
        assert_eq!([push(false), push(false)], [Ok(()), Ok(())]);
        assert_eq!(push(false), Err(Outcome::QueueFull));
        assert_eq!(push(true), Ok(()));
        let numbers = std::iter::from_fn(|| {
            // Who waits for the first two does so until both are gone.
            let waits = queue.lock().holds_any_of(2);
            Some((queue.pop()?.number, waits))
        });
        assert_eq!(
            numbers.collect::<Vec<_>>(),
            [(3, true), (1, true), (2, true)]
        );
        queue.lock().in_hand = None;
        assert!(!queue.lock().holds_any_of(3));
    }
    #[test]
    fn what_is_urgent_has_twice_the_room_and_no_more() {
        let queue = Queue::new(3, usize::MAX);
        let urgent = || {
            let mut captured = Event::new(Failure::from(Error::msg("x")), EventContext::default());
            captured.is_urgent = true;
            queue.push(captured, 0, None)
        };
        let taken = (0..100).filter(|_| urgent().is_ok()).count();
        assert_eq!(taken, 6);
    }
}
