//! Passes the record of a panic from the hook to the code that catches the panic.
//!
//! Panics that start inside a catching scope of this crate are stashed for their thread. All others are kept for the
//! process, because `resume_unwind` may bring one to another thread, where no hook sees it; so are panics that a scope
//! of this crate caught and resumed.
//!
//! A record of the second kind lends its id and says that the failure is reported already, so taking the wrong one
//! would show a client the id of another client's report. It is therefore taken only by identity: by the address of the
//! payload, which resuming does not change, or, because a hook cannot know the address of a literal's payload, if no
//! other record fits. It must also have started after the code that catches it, and each record is taken once. Equal
//! panics that cannot be distinguished become failures of their own.

use std::any::Any;
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Arc;

use super::depth::CatchDepth;
use super::hook_slot;
use super::kept::{KEPT, lock};
use super::mark::PanicMark;
use super::payload::Payload;
use super::record::PanicRecord;

/// How many panics of a thread are stashed.
const MAX_STASHED: usize = 8;

/// The panics of one thread that have not been caught yet.
struct Stash {
    /// The generation of the catching scopes in which the panics started. Once these scopes are left, the stash is
    /// stale.
    generation: u64,
    panics: Vec<Arc<PanicRecord>>,
}

thread_local! {
    /// Separate from the thread's plain cells, which must outlive this destructor. No code of the application runs
    /// while it is borrowed.
    static STASH: RefCell<Stash> = const { RefCell::new(Stash { generation: 0, panics: Vec::new() }) };
}

/// Records a panic, in a hook, where nothing may panic, wait, or call the application. Returns the record of a panic
/// that no scope of this crate is going to catch.
pub(crate) fn record(info: &PanicHookInfo<'_>) -> Option<Arc<PanicRecord>> {
    let depth = CatchDepth::current();
    let panic = Arc::new(PanicRecord::in_hook(info, depth.is_reported()));
    if !depth.is_zero() && !panic.ends_process() {
        stash(depth.generation(), panic);
        return None;
    }
    lock(&KEPT).keep(&panic, None);
    Some(panic)
}

/// Returns the record of the panic that has just been caught with this payload, by code that began at `since`.
pub(crate) fn take(payload: &(dyn Any + Send), since: PanicMark) -> Option<Arc<PanicRecord>> {
    let payload = Payload::caught(payload);
    let stashed = with_current(|panics| Some(panics[find(panics, &payload)?].mark())).flatten();
    if let Some(resumed) = lock(&KEPT).take_same(&payload, since, stashed) {
        return Some(resumed);
    }
    let stashed = with_current(|panics| {
        let index = find(panics, &payload)?;
        Some(panics.swap_remove(index))
    });
    stashed
        .flatten()
        .or_else(|| lock(&KEPT).take_only(&payload, since))
}

/// The index of the newest panic with this payload, or else with an equal one.
fn find(panics: &[Arc<PanicRecord>], payload: &Payload) -> Option<usize> {
    let same = panics
        .iter()
        .rposition(|panic| panic.payload.has_same_text(payload));
    same.or_else(|| {
        panics
            .iter()
            .rposition(|panic| panic.payload.is_equal(payload))
    })
}

/// Returns the record of a panic that has just been caught with this payload and will be resumed, and keeps it, so that
/// it is found where the panic is caught again. If no hook has seen the panic, the record has only its text.
pub(crate) fn take_to_resume(payload: &(dyn Any + Send), since: PanicMark) -> Arc<PanicRecord> {
    let panic = take(payload, since).unwrap_or_else(|| {
        hook_slot::warn_if_replaced();
        PanicRecord::without_hook(payload, false)
    });
    lock(&KEPT).keep(&panic, Some(Payload::caught(payload)));
    panic
}

/// Takes the stashed panics of this thread, because the process ends before they are caught.
pub(crate) fn take_all() -> Vec<Arc<PanicRecord>> {
    with_current(std::mem::take).unwrap_or_default()
}

fn stash(generation: u64, panic: Arc<PanicRecord>) {
    let _ = STASH.try_with(|stash| {
        let Ok(mut stash) = stash.try_borrow_mut() else {
            return;
        };
        if stash.generation != generation {
            stash.generation = generation;
            stash.panics.clear();
        }
        if stash.panics.len() >= MAX_STASHED {
            stash.panics.remove(0);
        }
        stash.panics.push(panic);
    });
}

/// Runs `use_panics` on this thread's stash, unless that is stale.
fn with_current<T>(use_panics: impl FnOnce(&mut Vec<Arc<PanicRecord>>) -> T) -> Option<T> {
    let result = STASH.try_with(|stash| {
        let mut stash = stash.try_borrow_mut().ok()?;
        let is_current = stash.generation == CatchDepth::current().generation();
        is_current.then(|| use_panics(&mut stash.panics))
    });
    result.ok().flatten()
}
