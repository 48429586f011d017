//! What a panic hook leaves for whoever catches the panic: only there are its place and its stack.
//!
//! A panic is found again by its payload, for several may come before one is caught: one that the handler caught
//! itself, one in a destructor while another unwinds. Those that begin while this crate runs the application's
//! code and will catch them are kept for their thread; of the others the last few are kept for the whole process, as
//! `resume_unwind` may bring one to another thread, where no hook sees it.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;

use crate::backtrace::{Backtrace, SourceLocation};
use crate::identity::ReportedTo;
use crate::text::cut;

/// What was known as the panic began.
pub(crate) struct PanicRecord {
    payload: Payload,
    pub(crate) place: Option<SourceLocation>,
    pub(crate) backtrace: Option<Backtrace>,
    pub(crate) thread: Option<Thread>,
    /// Whether it is told where nobody answers for it, and may come to who does all the same.
    is_bare: bool,
    /// Whether the process ends once its hook returns.
    ends_process: bool,
    notice: OnceLock<Arc<ReportedTo>>,
}

/// By what a payload is known again.
struct Payload {
    text: Option<String>,
    /// Where its text is: a payload that is a text is not copied on its way. A detail of std's, so only a preference.
    text_at: usize,
    type_id: TypeId,
}

/// Panics of one thread that wait for who catches them.
const MAX_STASHED: usize = 8;
/// Panics that nobody was about to catch.
const MAX_LAST: usize = 32;
/// Bytes of a text that are kept.
const MAX_TEXT: usize = 16 * 1024;

thread_local! {
    static CATCHING: Cell<u64> = const { Cell::new(0) };
    static STASH: RefCell<Stash> = const { RefCell::new(Stash { turn: 0, panics: Vec::new() }) };
}

/// Never held while anything is called.
static LAST: Mutex<VecDeque<Arc<PanicRecord>>> = Mutex::new(VecDeque::new());

/// How deep a thread is in code whose panics are caught, in the lower half, and in the upper one how often it has
/// come out of all of it: what was stashed before is over. In one number, as every request counts it several times.
/// The upper part of the lower half counts those who do not answer for the panics that they catch.
#[derive(Clone, Copy)]
struct Depth(u64);

impl Depth {
    const ALOUD: u64 = 1 << 16;
    const TURN: u64 = 1 << 32;

    fn now() -> Option<Self> {
        CATCHING.try_with(|catching| Self(catching.get())).ok()
    }

    const fn is_zero(self) -> bool {
        self.0.is_multiple_of(Self::TURN)
    }

    /// Whether a panic is answered and told as a request's failure.
    const fn is_answered(self) -> bool {
        !self.is_zero() && self.0 % Self::TURN < Self::ALOUD
    }

    const fn turn(self) -> u64 {
        self.0 / Self::TURN
    }
}

struct Stash {
    turn: u64,
    panics: Vec<Arc<PanicRecord>>,
}

/// While this lives, panics on this thread will be caught here.
#[must_use = "it counts as long as it lives"]
pub(crate) struct Counting<const DEPTH: u64>(());

/// Who catches answers for the panic, and tells of it.
pub(crate) type CatchGuard = Counting<1>;

/// Who catches goes on as if nothing had happened, or lets the panic go on: a quiet hook is not quiet then.
pub(crate) type VisibleCatchGuard = Counting<{ Depth::ALOUD }>;

impl<const DEPTH: u64> Counting<DEPTH> {
    #[inline]
    pub(crate) fn enter() -> Self {
        let _ = CATCHING.try_with(|catching| catching.set(catching.get().wrapping_add(DEPTH)));
        Self(())
    }
}

impl<const DEPTH: u64> Drop for Counting<DEPTH> {
    #[inline]
    fn drop(&mut self) {
        let _ = CATCHING.try_with(|catching| {
            let mut left = Depth(catching.get().wrapping_sub(DEPTH));
            if left.is_zero() {
                left.0 = left.0.wrapping_add(Depth::TURN);
            }
            catching.set(left.0);
        });
    }
}

/// Whether a panic that begins now will be answered and told as a request's failure.
pub(crate) fn is_answered() -> bool {
    Depth::now().is_some_and(Depth::is_answered)
}

/// Keeps a panic, in a hook: here nothing may panic, wait or call the application. What is given back is a panic that
/// nobody here is about to catch.
pub(crate) fn record(info: &PanicHookInfo<'_>) -> Option<Arc<PanicRecord>> {
    let depth = Depth::now();
    let payload = Payload::of(info.payload());
    // Every crate of a program is compiled with the same strategy, so this one's is the program's.
    let ends_process = cfg!(panic = "abort") || payload.can_not_unwind();
    let panic = Arc::new(PanicRecord {
        payload,
        place: info.location().map(SourceLocation::copied),
        backtrace: Backtrace::of_panic(),
        // A thread whose locals are gone does not know itself any more, and panics when asked.
        thread: depth.map(|_| std::thread::current()),
        is_bare: ends_process || depth.is_none_or(|depth| !depth.is_answered()),
        ends_process,
        notice: OnceLock::new(),
    });
    if let Some(depth) = depth.filter(|depth| !depth.is_zero() && !ends_process) {
        stash(depth.turn(), panic);
        return None;
    }
    keep(&panic);
    Some(panic)
}

/// Keeps a panic for the whole process.
fn keep(panic: &Arc<PanicRecord>) {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if last.iter().any(|known| Arc::ptr_eq(known, panic)) {
        return;
    }
    if last.len() >= MAX_LAST {
        last.pop_front();
    }
    last.push_back(Arc::clone(panic));
}

fn stash(turn: u64, panic: Arc<PanicRecord>) {
    let _ = STASH.try_with(|stash| {
        let Ok(mut stash) = stash.try_borrow_mut() else {
            return;
        };
        if stash.turn != turn {
            stash.turn = turn;
            stash.panics.clear();
        }
        if stash.panics.len() >= MAX_STASHED {
            stash.panics.remove(0);
        }
        stash.panics.push(panic);
    });
}

/// The panics of this thread that wait for who catches them, in a process that ends before that.
pub(crate) fn never_caught() -> Vec<Arc<PanicRecord>> {
    let stashed = STASH.try_with(|stash| {
        let mut stash = stash.try_borrow_mut().ok()?;
        let is_now = Depth::now().is_some_and(|depth| depth.turn() == stash.turn);
        is_now.then(|| std::mem::take(&mut stash.panics))
    });
    stashed.ok().flatten().unwrap_or_default()
}

/// What was kept of the panic that was just caught with this payload.
pub(crate) fn take(payload: &(dyn Any + Send)) -> Option<Arc<PanicRecord>> {
    let sought = Payload::of(payload);
    let turn = Depth::now()?.turn();
    let stashed = STASH.try_with(|stash| {
        let mut stash = stash.try_borrow_mut().ok()?;
        if stash.turn != turn {
            return None;
        }
        let found = sought.find(&stash.panics)?;
        Some(stash.panics.swap_remove(found))
    });
    stashed.ok().flatten().or_else(|| {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let found = sought.find(last.make_contiguous())?;
        last.get(found).map(Arc::clone)
    })
}

/// What is known of a panic that was caught with this payload and goes on, to be caught again: of one that no hook has
/// seen, its text.
pub(crate) fn passing(payload: &(dyn Any + Send)) -> Arc<PanicRecord> {
    if let Some(panic) = take(payload) {
        keep(&panic);
        return panic;
    }
    PanicRecord::unseen(payload, false)
}

impl PanicRecord {
    /// One that no hook has seen, as the thread that caught it knows it.
    pub(crate) fn unseen(payload: &(dyn Any + Send), ends_process: bool) -> Arc<Self> {
        Arc::new(Self {
            payload: Payload::of(payload),
            place: None,
            backtrace: None,
            thread: Some(std::thread::current()),
            is_bare: true,
            ends_process,
            notice: OnceLock::new(),
        })
    }

    /// What it said.
    pub(crate) fn text(&self) -> &str {
        self.payload.text.as_deref().unwrap_or("Box<dyn Any>")
    }

    /// Whether nobody will catch it, whoever tries: the process ends once the hook returns.
    pub(crate) const fn ends_process(&self) -> bool {
        self.ends_process
    }

    /// By which one that is told anyway is told once, and under one id, if it is caught after all.
    pub(crate) fn notice(&self) -> Option<&Arc<ReportedTo>> {
        self.is_bare.then(|| self.notice.get_or_init(Arc::default))
    }
}

impl Payload {
    fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&'static str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self {
            text: text.map(|text| cut(text, MAX_TEXT).to_owned()),
            text_at: text.map_or(0, |text| text.as_ptr().addr()),
            type_id: payload.type_id(),
        }
    }

    /// Whether it is one of those after which std aborts, which its hook does not tell on stable Rust: a panic that
    /// leaves a destructor while another unwinds, one that leaves an `extern "C"` function, and what debug builds
    /// check of unsafe code. WellKnown by std's own texts, which may change: such a panic is then told like any other.
    fn can_not_unwind(&self) -> bool {
        const TEXTS: [&str; 6] = [
            "panic in a destructor during cleanup",
            "panic in a function that cannot unwind",
            "unsafe precondition(s) violated: ",
            "misaligned pointer dereference: ",
            "null pointer dereference occurred",
            "trying to construct an enum from an invalid value",
        ];
        let text = self.text.as_deref().unwrap_or_default();
        TEXTS.iter().any(|start| text.starts_with(start))
    }

    /// The index of the newest panic with this payload: the same text at the same place, else the same text, and
    /// of what is no text the same type.
    fn find(&self, panics: &[Arc<PanicRecord>]) -> Option<usize> {
        let is_like = |panic: &Arc<PanicRecord>| {
            let other = &panic.payload;
            other.type_id == self.type_id && other.text == self.text
        };
        let is_same =
            |panic: &Arc<PanicRecord>| panic.payload.text_at == self.text_at && is_like(panic);
        let newest = panics.iter().rposition(is_same);
        newest.or_else(|| panics.iter().rposition(is_like))
    }
}

impl fmt::Debug for PanicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panic")
            .field("text", &self.text())
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
