//! Panics: running code that may panic, and what a panic hook records for whoever catches the panic.

mod catch;
mod record;

pub(crate) use self::catch::{catch_panic, drop_catching};
pub(crate) use self::record::{
    CatchGuard, PanicRecord, VisibleCatchGuard, is_answered, never_caught, passing, record, take,
};
