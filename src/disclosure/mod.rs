//! What a client may see of a failure. It is decided once: formats receive a [`Disclosed`], and what is not in it
//! cannot leak.
//!
//! In production:
//!
//! 1. Below 500, a failure shows its message, code, title and details.
//! 2. At 500 or above, and for every panic, it shows its status and id.
//! 3. [`Error::public`](crate::Error::public) and [`Error::private`](crate::Error::private) override both rules for one
//!    error, and `safe_fields` for single fields.
//! 4. A text that was not written for clients stays hidden whatever the status, unless its error is public.
//!
//! In development everything is shown, but only to a client on this machine, whose request names nothing but this
//! machine: `local_clients` decides.

mod disclosed;
mod local_clients;
mod network;
mod policy;
mod redactor;

pub(crate) use self::disclosed::{Debug, Disclosed, Item};
pub(crate) use self::local_clients::LocalClients;
pub(crate) use self::network::Network;
pub(crate) use self::policy::{Policy, Switch};
#[cfg(test)]
pub(crate) use self::redactor::REDACTED;
pub(crate) use self::redactor::{Redactor, Replacement};
