//! One batch on its way to the tracker.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use backstop::Report;
use backstop::reporters::{Delivery, Rendered, shrink_to};
use tokio::time::{Instant, timeout_at};

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::protocol::Protocol;
use crate::response::Response;

/// The pipeline allows a batch one minute, and then treats all of it as undelivered.
const MAX_DURATION: Duration = Duration::from_secs(45);

/// Sends one request after another until the tracker is unreachable or asks for a pause, or the time is up. The rest
/// stays unsent.
pub(crate) struct Batch<'a, P: Protocol> {
    protocol: &'a P,
    client: &'a Client,
    endpoint: &'a Endpoint,
    deadline: Instant,
    group: Group<P::Event>,
    deliveries: Vec<Delivery>,
}

impl<'a, P: Protocol> Batch<'a, P> {
    pub(crate) fn new(protocol: &'a P, client: &'a Client, endpoint: &'a Endpoint) -> Self {
        Self {
            protocol,
            client,
            endpoint,
            deadline: Instant::now() + MAX_DURATION,
            group: Group::default(),
            deliveries: Vec::new(),
        }
    }

    pub(crate) async fn deliver(mut self, reports: &[Arc<Report>]) -> Vec<Delivery> {
        self.deliveries = vec![Delivery::Unsent; reports.len()];
        let limit = self.protocol.limit();
        for (index, report) in reports.iter().enumerate() {
            if !self.protocol.accepts(report) {
                self.deliveries[index] = Delivery::Filtered;
                continue;
            }
            let Some(event) = shrink_to(report, limit, |report| self.protocol.render(report))
            else {
                self.deliveries[index] = Delivery::Rejected;
                continue;
            };
            if !self.group.has_room(&event, limit) && !self.flush().await {
                return self.deliveries;
            }
            self.group.push(index, event);
            if !self.protocol.is_batching() && !self.flush().await {
                return self.deliveries;
            }
        }
        self.flush().await;
        self.deliveries
    }

    /// Sends the events of the group, and returns whether to continue.
    async fn flush(&mut self) -> bool {
        let group = std::mem::take(&mut self.group);
        let Some(&first) = group.indices.first() else {
            return true;
        };
        if let Some(pause) = self.protocol.paused_for() {
            self.deliveries[first] = Delivery::Retry { after: Some(pause) };
            return false;
        }
        let Some(sent) = self.send(&group.events).await else {
            return false;
        };
        if group.events.len() > 1 && sent.blames_content {
            return self.send_each(&group).await;
        }
        for index in group.indices {
            self.deliveries[index] = sent.delivery;
        }
        sent.goes_on
    }

    /// Sends each event alone, so that one bad event does not cause the others to be rejected.
    async fn send_each(&mut self, group: &Group<P::Event>) -> bool {
        for (index, event) in group.indices.iter().zip(&group.events) {
            let Some(sent) = self.send(slice::from_ref(event)).await else {
                return false;
            };
            self.deliveries[*index] = sent.delivery;
            if !sent.goes_on {
                return false;
            }
        }
        true
    }

    /// Sends one request; `None` if the time is up.
    async fn send(&self, events: &[P::Event]) -> Option<Sent> {
        let Some(request) = self.protocol.request(events) else {
            return Some(Sent::unsendable());
        };
        let name = self.protocol.name();
        let response = self.client.post(&name, self.endpoint, request);
        let response = timeout_at(self.deadline, response).await.ok()?;
        let delivery = self.protocol.classify(response.as_ref());
        let invites_more = response.as_ref().is_some_and(Response::invites_more);
        Some(Sent {
            delivery,
            goes_on: delivery == Delivery::Delivered || invites_more,
            blames_content: response.as_ref().is_some_and(Response::blames_content),
        })
    }
}

/// The result of one request.
struct Sent {
    /// The delivery of each of its events.
    delivery: Delivery,
    goes_on: bool,
    blames_content: bool,
}

impl Sent {
    const fn unsendable() -> Self {
        Self {
            delivery: Delivery::Rejected,
            goes_on: true,
            blames_content: false,
        }
    }
}

/// The events of one request, and where in the batch their reports are.
struct Group<E> {
    indices: Vec<usize>,
    events: Vec<E>,
    bytes: usize,
}

impl<E: Rendered> Group<E> {
    /// The first event always has room.
    fn has_room(&self, event: &E, limit: usize) -> bool {
        self.events.is_empty() || self.bytes.saturating_add(1 + event.byte_len()) <= limit
    }

    fn push(&mut self, index: usize, event: E) {
        self.bytes += event.byte_len() + usize::from(!self.events.is_empty());
        self.indices.push(index);
        self.events.push(event);
    }
}

impl<E> Default for Group<E> {
    fn default() -> Self {
        Self {
            indices: Vec::new(),
            events: Vec::new(),
            bytes: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many events of these sizes each request carries.
    fn sizes(limit: usize) -> Vec<usize> {
        let mut sizes = Vec::new();
        let mut group = Group::default();
        for (index, size) in [4, 5, 10, 1, 1].into_iter().enumerate() {
            let event = vec![b'x'; size];
            if !group.has_room(&event, limit) {
                sizes.push(std::mem::take(&mut group).events.len());
            }
            group.push(index, event);
        }
        sizes.push(group.events.len());
        sizes
    }

    #[test]
    fn events_are_grouped_by_what_fits_to_the_byte() {
        assert_eq!(sizes(10), [2, 1, 2]);
        assert_eq!(sizes(9 + 1 + 11), [3, 2]);
        assert_eq!(sizes(1_000), [5]);
    }
}
