//! [`Backstop`], the settings that it is built from, and what it does with a failure.
//!
//! A failure goes two ways: [`rendering`] makes the response for the client, and [`record`] logs it, calls back, and
//! reports it.

mod build;
mod builder;
mod config_error;
mod delivery;
mod developer_settings;
mod developer_view;
mod disclosure_settings;
mod draft;
mod format_choice;
mod grpc_response;
mod handle;
mod in_app;
mod into_response;
mod local_names;
mod localizer;
mod log;
mod log_level;
mod mode;
mod panic_settings;
mod presets;
mod record;
mod rendering;
mod report_policy;
mod reporting_settings;
mod responder;
mod response_settings;
mod shutdown;
mod span_fields;

pub use self::builder::Builder;
pub use self::config_error::{ConfigError, ConfigErrorKind};
pub use self::disclosure_settings::Disclosure;
pub use self::draft::Draft;
pub use self::handle::Backstop;
pub use self::in_app::InApp;
pub use self::into_response::respond;
pub use self::log_level::LogLevel;
pub use self::panic_settings::{OnPanic, PanicSettings};
pub use self::reporting_settings::Reporting;
pub(crate) use self::responder::{PagePolicy, RenderedError};
