//! What a client may see of a failure, decided once: formats get [`Disclosed`], and what is not in it
//! can't leak.
//!
//! In production a failure below 500 shows its message, code, title and details; one from 500 on, and
//! every panic, shows its status and id. [`Error::public`](crate::Error::public) and
//! [`private`](crate::Error::private) decide for one error, `safe_fields` for single fields. Text that
//! nobody wrote for clients stays hidden on any status. In development everything is shown, but only to
//! a client on this machine that asked for a name of this machine.

mod disclosed;
mod policy;
mod redactor;

pub(crate) use self::disclosed::{Debug, Disclosed, Item};
pub(crate) use self::policy::{Gate, Policy, TypeUri};
#[cfg(all(test, feature = "reports"))]
pub(crate) use self::redactor::REDACTED;
pub(crate) use self::redactor::Redactor;
