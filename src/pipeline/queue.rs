//! The queue between requests and the worker.

use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::delivery_waiter::DeliveryWaiter;
use super::settings::QueueLimits;
use crate::report::event::Event;
use crate::report::outcome::Outcome;

/// A queue with a limit on its items and their bytes; a full queue refuses events. It outlives the worker, so that no
/// event is dropped if the worker dies.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    limits: QueueLimits,
    pub(super) wake: Notify,
}

#[derive(Debug, Default)]
pub(super) struct State {
    items: VecDeque<Item>,
    bytes: usize,
    /// How many items were ever pushed, which is the number of the newest one.
    pub(super) entered: u64,
    /// The number of the item that the worker is processing.
    pub(super) in_hand: Option<u64>,
    is_closed: bool,
    /// Whether the worker sleeps until it is woken.
    sleeps: bool,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) event: Box<Event>,
    pub(super) suppressed: u64,
    pub(super) waiter: Option<Arc<DeliveryWaiter>>,
    /// The sequence number, counted from 1 in the order of `push`.
    pub(super) number: u64,
    weight: usize,
}

impl Queue {
    pub(super) fn new(limits: QueueLimits) -> Self {
        Self {
            state: Mutex::default(),
            limits,
            wake: Notify::new(),
        }
    }

    /// Adds an event without waiting: the lock is only held while an item is moved.
    ///
    /// # Errors
    ///
    /// The reason why the event is refused.
    pub(super) fn push(
        &self,
        event: Box<Event>,
        suppressed: u64,
        waiter: Option<Arc<DeliveryWaiter>>,
    ) -> Result<(), Outcome> {
        let weight = weight(&event);
        let is_urgent = event.is_urgent;
        let is_panic = event.is_panic();
        let limits = if is_urgent {
            self.limits.doubled()
        } else {
            self.limits.with_reserve(is_panic)
        };
        let mut state = self.lock();
        if state.is_closed {
            return Err(Outcome::ShutDown);
        }
        if !limits.fits(state.items.len(), state.bytes, weight) {
            return Err(Outcome::QueueFull);
        }
        state.entered += 1;
        state.bytes += weight;
        let item = Item {
            event,
            suppressed,
            waiter,
            number: state.entered,
            weight,
        };
        if is_urgent {
            state.items.push_front(item);
        } else {
            state.items.push_back(item);
        }
        // Waking the worker costs more than everything else here; one that only naps checks the queue on its own.
        let is_half_full = state.items.len() == self.limits.reports.div_ceil(2);
        let wakes = std::mem::take(&mut state.sleeps) || is_half_full || is_urgent;
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Makes the next item wake the worker; returns `false` if there is an item already or the queue is closed.
    pub(super) fn sleep(&self) -> bool {
        let mut state = self.lock();
        state.sleeps = state.items.is_empty() && !state.is_closed;
        state.sleeps
    }

    /// Takes the next item, which counts as queued until the worker resets [`State::in_hand`] to `None`.
    pub(super) fn pop(&self) -> Option<Item> {
        let mut state = self.lock();
        let item = state.items.pop_front()?;
        state.bytes -= item.weight;
        state.in_hand = Some(item.number);
        Some(item)
    }

    /// Closes the queue: every later push is refused.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.wake.notify_one();
    }

    /// Whether it is closed and empty.
    pub(super) fn is_done(&self) -> bool {
        let state = self.lock();
        state.is_closed && state.is_empty()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Removes all items, so that no worker processes them.
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

    /// Whether one of the first `number` items has not reached the reporters yet.
    pub(super) fn holds_any_of(&self, number: u64) -> bool {
        // Urgent items are pushed to the front, so the items are not sorted by number.
        let is_one = |held: u64| held <= number;
        self.in_hand.is_some_and(is_one) || self.items.iter().any(|item| is_one(item.number))
    }
}

/// Estimates how many bytes an event takes in memory. What its error allocates cannot be measured, and the length of
/// the error's message only by formatting it.
fn weight(event: &Event) -> usize {
    const ERROR: usize = 512;
    let request = event.request.as_ref().map_or(0, |request| {
        let headers = request.headers().map(|(_, value)| value.len());
        let query = request.uri().query().map_or(0, str::len);
        request.uri().path().len() + query + headers.sum::<usize>()
    });
    size_of::<Item>()
        + size_of::<Event>()
        + ERROR
        + event.failure.size()
        + event.scope_size()
        + request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Failure};
    use crate::report::event::EventContext;

    fn queue(reports: usize) -> Queue {
        Queue::new(QueueLimits {
            reports,
            bytes: usize::MAX,
        })
    }

    fn push(queue: &Queue, is_urgent: bool) -> Result<(), Outcome> {
        let mut event = Event::new(Failure::from(Error::msg("x")), EventContext::default());
        event.is_urgent = is_urgent;
        queue.push(event, 0, None)
    }

    #[test]
    fn urgent_events_enter_a_full_queue_in_front_and_a_flush_still_waits_for_the_others() {
        let queue = queue(2);
        assert_eq!([push(&queue, false), push(&queue, false)], [Ok(()), Ok(())]);
        assert_eq!(push(&queue, false), Err(Outcome::QueueFull));
        assert_eq!(push(&queue, true), Ok(()));
        let numbers = std::iter::from_fn(|| {
            // A flush that waits for the first two does so until both are gone.
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
    fn urgent_events_have_twice_the_room_and_no_more() {
        let queue = queue(3);
        let taken = (0..100).filter(|_| push(&queue, true).is_ok()).count();
        assert_eq!(taken, 6);
    }
}
