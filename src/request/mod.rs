//! What Backstop keeps of a request, copied before the handler consumes it: enough to respond to its failure and to
//! report it.

mod disconnects;
mod extensions;
mod forwarded_header;
mod grpc;
mod host;
mod info;
mod limits;
mod proxy_headers;
mod trace_context;
mod trace_ids;

pub use self::disconnects::Disconnects;
pub(crate) use self::disconnects::{AwaitedPart, DisconnectCounters};
pub(crate) use self::host::{host_name, is_local_host, is_loopback_address};
pub(crate) use self::info::KeepOptions;
pub use self::info::RequestInfo;
pub(crate) use self::proxy_headers::MentionKind;
pub(crate) use self::trace_ids::{CurrentSpan, TraceIds};
