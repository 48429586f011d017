//! Passes the record of a panic from the hook to the code that catches the panic.
//!
//! A caught panic is matched to a record by its payload, because several panics may start before one is caught: one
//! that the handler catches itself, or one in a destructor during unwinding. Panics that start inside a catching
//! scope of this crate are stashed for their thread. Of all others the most recent are kept for the process, because
//! `resume_unwind` may bring one to another thread, where no hook sees it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, PoisonError};

use super::depth::CatchDepth;
use super::payload::Payload;
use super::record::PanicRecord;

/// How many panics of a thread are stashed.
const MAX_STASHED: usize = 8;
/// How many other panics are kept for the process.
const MAX_KEPT: usize = 32;

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

/// No code of the application runs while this is locked.
static KEPT: Mutex<Vec<Arc<PanicRecord>>> = Mutex::new(Vec::new());

/// Records a panic, in a hook, where nothing may panic, wait, or call the application. Returns the record of a panic
/// that no scope of this crate is going to catch.
pub(crate) fn record(info: &PanicHookInfo<'_>) -> Option<Arc<PanicRecord>> {
    let depth = CatchDepth::current();
    let panic = Arc::new(PanicRecord::in_hook(info, depth.is_reported()));
    if !depth.is_zero() && !panic.ends_process() {
        stash(depth.generation(), panic);
        return None;
    }
    keep(&panic);
    Some(panic)
}

/// Returns the record of the panic that has just been caught with this payload.
pub(crate) fn take(payload: &(dyn Any + Send)) -> Option<Arc<PanicRecord>> {
    let payload = Payload::of(payload);
    let stashed = with_current(|panics| {
        let index = find(panics, &payload)?;
        Some(panics.swap_remove(index))
    });
    stashed.flatten().or_else(|| {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let index = find(&kept, &payload)?;
        kept.get(index).map(Arc::clone)
    })
}

/// The index of the newest panic with this payload, or else with an equal one.
fn find(panics: &[Arc<PanicRecord>], payload: &Payload) -> Option<usize> {
    let same = panics
        .iter()
        .rposition(|panic| panic.payload.is_same(payload));
    same.or_else(|| {
        panics
            .iter()
            .rposition(|panic| panic.payload.is_equal(payload))
    })
}

/// Returns the record of a panic that has just been caught with this payload and will be resumed, and keeps it, so that
/// it is found where the panic is caught again. If no hook has seen the panic, the record has only its text.
pub(crate) fn take_to_resume(payload: &(dyn Any + Send)) -> Arc<PanicRecord> {
    if let Some(panic) = take(payload) {
        keep(&panic);
        return panic;
    }
    PanicRecord::without_hook(payload, false)
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

fn keep(panic: &Arc<PanicRecord>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.iter().any(|known| Arc::ptr_eq(known, panic)) {
        return;
    }
    if kept.len() >= MAX_KEPT {
        kept.remove(0);
    }
    kept.push(Arc::clone(panic));
}
