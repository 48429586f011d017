//! What a developer sees of a failure: the data that the development page and its twins for terminals and tools show.
//!
//! It exists only if the gate is open for this client, and everything in it is redacted and bounded. Formats render it.

mod backtrace_text;
mod curl;
mod editor;
mod hint;
mod limits;
mod request;
mod roots;
mod timeline;
mod trace;
mod view;

pub(crate) use self::editor::Editor;
pub(crate) use self::request::ShownRequest;
pub(crate) use self::roots::SourceRoots;
pub(crate) use self::timeline::Moment;
pub(crate) use self::trace::{FrameKind, Position, ShownFrame};
pub(crate) use self::view::{Culprit, DeveloperSettings, DeveloperView, ShownCause, ViewSource};
