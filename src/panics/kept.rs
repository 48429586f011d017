//! The panics that may still be caught on another thread than the one on which they started.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::mark::PanicMark;
use super::payload::Payload;
use super::record::PanicRecord;

/// How many panics are kept.
const MAX_KEPT: usize = 32;

/// No code of the application runs while this is locked.
pub(super) static KEPT: Mutex<Kept> = Mutex::new(Kept {
    panics: Vec::new(),
    forgotten: PanicMark::START,
});

pub(super) struct Kept {
    /// The newest one last.
    panics: Vec<KeptPanic>,
    /// The moment after the newest panic that was forgotten because there was no room.
    forgotten: PanicMark,
}

struct KeptPanic {
    panic: Arc<PanicRecord>,
    /// When it started, or when it was resumed.
    mark: PanicMark,
    /// The payload with which it was resumed.
    resumed: Option<Payload>,
}

pub(super) fn lock(kept: &'static Mutex<Kept>) -> MutexGuard<'static, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Keeps a panic that has just started, or one that is resumed with this payload.
    pub(super) fn keep(&mut self, panic: &Arc<PanicRecord>, resumed: Option<Payload>) {
        let (mark, payload) = match &resumed {
            Some(payload) => (PanicMark::of_panic(), payload),
            None => (panic.mark(), &panic.payload),
        };
        // Two payloads that exist have different addresses, so an older one at this address does not exist anymore.
        self.panics.retain(|kept| !kept.is_at(payload));
        if self.panics.len() >= MAX_KEPT {
            let oldest = self.panics.remove(0);
            self.forgotten = self.forgotten.max(oldest.mark.next());
        }
        self.panics.push(KeptPanic {
            panic: Arc::clone(panic),
            mark,
            resumed,
        });
    }

    /// Takes the panic that has this very payload, if it started after the caller began, and after `newer_than`.
    pub(super) fn take_same(
        &mut self,
        payload: &Payload,
        since: PanicMark,
        newer_than: Option<PanicMark>,
    ) -> Option<Arc<PanicRecord>> {
        let is_same = |kept: &KeptPanic| kept.mark >= since && kept.is_same(payload);
        let index = self.panics.iter().rposition(is_same)?;
        let mark = self.panics[index].mark;
        // Its payload may not exist anymore, and a newer panic's may be at the same address.
        let mut newer = self.panics[index..].iter();
        if newer_than.is_some_and(|newest| newest > mark) || newer.any(|kept| kept.may_be(payload))
        {
            return None;
        }
        Some(self.panics.remove(index).panic)
    }

    /// Takes the only panic that may have had this payload and started after the caller began. If there are several,
    /// returns what they have in common, which is not an id.
    pub(super) fn take_only(
        &mut self,
        payload: &Payload,
        since: PanicMark,
    ) -> Option<Arc<PanicRecord>> {
        let may_be = |kept: &KeptPanic| kept.mark >= since && kept.may_be(payload);
        let index = self.panics.iter().rposition(may_be)?;
        let newest = &self.panics[index].panic;
        let others = || self.panics[..index].iter().filter(|kept| may_be(kept));
        if others().next().is_none() && since >= self.forgotten {
            return Some(self.panics.remove(index).panic);
        }
        let are_alike = others().all(|kept| kept.panic.location == newest.location);
        are_alike.then(|| newest.without_id())
    }
}

impl KeptPanic {
    /// Whether both are the same payload, as long as the kept one exists.
    fn is_same(&self, payload: &Payload) -> bool {
        match &self.resumed {
            Some(resumed) => resumed.is_same_box(payload),
            None => self.panic.payload.is_same_buffer(payload),
        }
    }

    /// Whether they may be the same payload, although no address says so.
    fn may_be(&self, payload: &Payload) -> bool {
        self.resumed.is_none()
            && !self.panic.payload.has_buffer()
            && self.panic.payload.has_same_text(payload)
    }

    /// Whether both payloads are at the same address.
    fn is_at(&self, payload: &Payload) -> bool {
        match &self.resumed {
            Some(resumed) => resumed.is_at(payload),
            None => self.panic.payload.is_at(payload),
        }
    }
}
