//! What Backstop keeps of a request, copied before the handler consumes it: enough to respond to its failure and to
//! report it.

mod disconnects;
mod extensions;
mod forwarded;
mod forwarding;
mod grpc;
mod host;
mod info;
mod limits;
mod trace_context;
mod trace_ids;

pub use self::disconnects::Disconnects;
pub(crate) use self::disconnects::{AwaitedPart, DisconnectCounters};
pub(crate) use self::forwarding::MentionKind;
pub(crate) use self::host::{host_name, is_local_host, is_loopback_address};
pub(crate) use self::info::KeepOptions;
pub use self::info::RequestInfo;
pub(crate) use self::trace_ids::{CurrentSpan, TraceIds};
