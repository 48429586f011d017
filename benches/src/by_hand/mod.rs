//! The same by hand: what an application would write that wants no more than one case, as the floor of a row.
//!
//! [`fixed`] and [`everyday`] are responses of a handler; [`layer`] catches panics and renders errors as Backstop's
//! layer does, with the same bytes and headers.

mod layer;
mod render;
mod response;

pub use self::layer::{failing, layer};
pub use self::response::{everyday, fixed};
