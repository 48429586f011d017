//! What a reporter keeps itself, seen from its lane.

use tokio::time::Instant;

use super::entry::Settled;
use super::lane::{Lane, MAX_HOLD, outcome};
use crate::report::outcome::Outcome;
use crate::reporters::Resumed;

/// What to do next with what the reporter keeps.
#[derive(Debug)]
pub(super) enum NextResume {
    Now,
    Wait(Option<Instant>),
    Done,
}

impl Lane {
    pub(super) fn next_resume(&mut self, now: Instant) -> NextResume {
        let is_over = self.deadline.is_some_and(|deadline| deadline <= now);
        if is_over && self.ended {
            return NextResume::Done;
        }
        if !is_over && self.resume_at.is_some_and(|at| at <= now) {
            self.resume_at = None;
            self.resumes = true;
            return NextResume::Now;
        }
        if self.ended && self.len() == 0 {
            return NextResume::Done;
        }
        let until = [self.resume_at, self.deadline].into_iter().flatten();
        NextResume::Wait(until.filter(|at| *at > now).min())
    }

    /// Counts a report that the reporter keeps without having had it delivered to it.
    pub(super) fn keeps_now(&mut self, now: Instant) {
        self.spooled += 1;
        self.resume_at = Some(now);
    }

    /// Counts what the reporter has done with what it keeps.
    pub(super) fn resumed(&mut self, resumed: &Resumed, now: Instant) -> Vec<Settled> {
        self.resumes = false;
        self.recovered += resumed.recovered;
        self.spooled += resumed.recovered as i64;
        let mut all = Vec::with_capacity(resumed.settled.len());
        for &(id, delivery) in &resumed.settled {
            if let Ok(outcome) = outcome(delivery)
                && outcome != Outcome::Spooled
            {
                self.spooled -= 1;
                self.tally.add(outcome);
                all.push(Settled {
                    id,
                    outcome,
                    ticket: None,
                });
            }
        }
        if let Some(again) = resumed.again {
            let again = now + again.min(MAX_HOLD);
            self.resume_at = Some(self.resume_at.map_or(again, |before| before.min(again)));
        }
        all
    }
}
