//! Several requests for one batch.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Answer;
use crate::reporters::Delivery;

/// The pipeline gives a batch a minute, and takes the whole of it for lost after that.
pub(in crate::reporters) const LONGEST: Duration = Duration::from_secs(45);

/// Sends one report after the other, until the receiver is gone or wants to be left alone; what is left is then
/// tried again later, as is what there was no time for.
pub(in crate::reporters) struct Round {
    size: usize,
    deadline: Instant,
    deliveries: Vec<Delivery>,
}

impl Round {
    /// So many reports.
    pub(in crate::reporters) fn of(size: usize) -> Self {
        Self {
            size,
            deadline: Instant::now() + LONGEST,
            deliveries: Vec::with_capacity(size),
        }
    }

    /// Sends the next one; whether to go on.
    pub(in crate::reporters) async fn send(
        &mut self,
        sending: impl Future<Output = (Delivery, Answer)>,
    ) -> bool {
        let Ok((delivery, answer)) = timeout_at(self.deadline, sending).await else {
            return false;
        };
        self.deliveries.push(delivery);
        delivery == Delivery::Delivered || may_go_on(&answer)
    }

    pub(in crate::reporters) fn into_deliveries(mut self) -> Vec<Delivery> {
        self.deliveries.resize(self.size, Delivery::Unsent);
        self.deliveries
    }
}

/// Whether the receiver may take another report now.
const fn may_go_on(answer: &Answer) -> bool {
    match answer {
        Answer::Status { status, after, .. } => {
            after.is_none() && !matches!(status.as_u16(), 420 | 429)
        }
        Answer::Nothing => false,
    }
}
