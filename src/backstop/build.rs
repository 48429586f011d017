//! [`Builder::build`]: checks the settings and puts the parts together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::builder::Builder;
use super::config_error::{ConfigError, ConfigErrorKind};
use super::developer_settings;
use super::handle::{Backstop, Shared};
use super::shutdown::Shutdown;
use crate::backtrace::{CaptureInterest, ShownTraces};
use crate::development::DeveloperSettings;
use crate::disclosure::Redactor;
use crate::formats::is_xml_name;
use crate::pipeline::{Pipeline, Settings};
use crate::problem::{RESERVED, is_reserved};
use crate::report::defaults::ReportDefaults;
use crate::report::dispatch::{Dispatch, EventSink, PanicObserver};
use crate::request::{DisconnectCounters, KeepOptions};
use crate::scope;

impl Builder {
    /// Checks the settings and builds the [`Backstop`].
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] that names the first invalid setting, what is wrong with its value, and the fix.
    pub fn build(mut self) -> Result<Backstop, ConfigError> {
        self.check()?;
        let mode = self.mode;
        let mut responder = self.responder;
        responder.offers = responder.shape.offers(self.default_format);
        responder.default_format = self.default_format;
        // The envelopes show an error's fields as they are, because their clients expect it.
        responder.policy.redacts_properties =
            responder.shape_by.is_some() || !responder.shape.keeps_properties();
        for key in &self.redact_keys {
            responder.policy.redactor.insert(key);
        }
        if let Some(redact) = self.redact_with.take() {
            responder.policy.redactor.replace_with(redact);
        }
        self.disclosure.apply(mode, &mut responder.policy)?;
        responder.policy.local_clients.logs = self.logs;
        let redactor = &responder.policy.redactor;

        let capture_backtraces = self.reporting.capture_backtraces;
        self.defaults.backtraces = capture_backtraces
            .unwrap_or_else(|| mode.is_development() || self.pipeline.wants_frames());
        // Only development reads source files, and keeps all that a developer may want to see.
        let shows_details = mode.is_development() && responder.policy.details.may_be_on();
        let captured = KeepOptions {
            host_and_peer: responder.policy.details.may_be_on(),
            languages: responder.localize.is_some(),
            headers: std::mem::take(&mut self.reporting.keep_headers),
            shown_headers: shows_details,
        };
        let policy = std::mem::take(&mut self.reporting.policy);
        self.reporting.apply(&mut self.pipeline);
        self.pipeline.crash_timeout = self.on_panic.crash_timeout_or_default();
        let developer = if shows_details {
            developer_settings::settings(self.pipeline.symbols.in_app.clone())?
        } else {
            DeveloperSettings::default()
        };
        let shows_traces = shows_details && responder.policy.backtrace.may_be_on();
        let pipeline = pipeline(self.pipeline, redactor)?;
        let shutdown = Arc::new(Shutdown::new(self.on_panic, pipeline.clone()));
        let wants_backtraces = self.defaults.backtraces && pipeline.is_some();
        let dispatch = dispatch(self.defaults, pipeline.as_ref(), &shutdown)
            .with_statuses(responder.policy.statuses.clone())
            .with_shown_scopes(shows_details);
        Ok(Backstop::new(Shared {
            dispatch: Arc::new(dispatch),
            _capture: CaptureInterest::new(wants_backtraces),
            responder,
            developer,
            _traces: ShownTraces::new(shows_traces, scope::logical_trace),
            captured,
            logs: self.logs,
            log_level: self.log_level,
            on_error: self.on_error,
            policy,
            pipeline,
            shutdown,
            disconnects: DisconnectCounters::default(),
        }))
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.check_fields()?;
        self.check_formats()?;
        self.disclosure.check()?;
        self.reporting.check()?;
        self.on_panic.check()?;
        let is_key = |key: &String| key.contains(char::is_alphanumeric);
        if !self.redact_keys.iter().all(is_key) {
            return Err(ConfigError::invalid(
                "redact_keys",
                "a key needs a letter or a digit; an empty key would match every key",
            ));
        }
        if self.redact_with.is_some() && !self.redact_keys.is_empty() {
            let keys = self.redact_keys.join("`, `");
            let message = format!(
                "`{keys}` would not be redacted, because `redact_with` replaces the redactor; set one of both"
            );
            return Err(ConfigError::invalid("redact_keys", message));
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<(), ConfigError> {
        let names = &self.responder.policy.safe_fields;
        if names.iter().any(String::is_empty) {
            return Err(ConfigError::invalid(
                "safe_fields",
                "the name of a field must not be empty",
            ));
        }
        if let Some(name) = names.iter().find(|name| is_reserved(name)) {
            let message = format!(
                "`{name}` is a member of every error response; rename the field (reserved: {})",
                RESERVED.join(", ")
            );
            return Err(ConfigError::new(
                ConfigErrorKind::ReservedName,
                "safe_fields",
                message,
            ));
        }
        Ok(())
    }

    fn check_formats(&self) -> Result<(), ConfigError> {
        let shape = &self.responder.shape;
        let root = shape.xml_root();
        if !is_xml_name(root) {
            let message = format!(
                "`{root}` cannot be the root of an XML document; use ASCII letters, digits and `_`, starting with a letter"
            );
            return Err(ConfigError::invalid("shape", message));
        }
        if let Some(format) = self.default_format.filter(|format| !shape.has(*format)) {
            let message = format!(
                "this shape cannot be written as `{}`; use application/json, text/html, text/xml, application/xml or text/plain",
                format.media_type()
            );
            return Err(ConfigError::new(
                ConfigErrorKind::UnavailableFormat,
                "default_format",
                message,
            ));
        }
        if self.responder.format_query.as_deref() == Some("") {
            return Err(ConfigError::invalid(
                "format_query",
                "the name of the parameter must not be empty; `_format` is a common one",
            ));
        }
        Ok(())
    }
}

fn pipeline(
    mut settings: Settings,
    redactor: &Redactor,
) -> Result<Option<Arc<Pipeline>>, ConfigError> {
    settings.redactor = redactor.clone();
    let built = Pipeline::build(settings);
    let pipeline = built.map_err(|it| ConfigError::invalid(it.setting, it.message))?;
    Ok(pipeline.map(Arc::new))
}

/// This Backstop as scopes see it.
fn dispatch(
    defaults: ReportDefaults,
    pipeline: Option<&Arc<Pipeline>>,
    shutdown: &Arc<Shutdown>,
) -> Dispatch {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let sink = pipeline.map(|pipeline| -> Arc<dyn EventSink> { Arc::<Pipeline>::clone(pipeline) });
    let observer: Arc<dyn PanicObserver> = Arc::<Shutdown>::clone(shutdown);
    Dispatch::new(number, sink, defaults).with_panic_observer(Some(observer))
}
