//! Error responses in the client's language.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;

use crate::negotiate::Languages;
use crate::panics::callback::Callback;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// The application's translation of problems.
pub(super) struct Localizer(Callback<Localize>);

/// Translates a problem, and returns the language.
type Localize = dyn Fn(&mut Problem, &Languages<'_>) -> Option<HeaderValue> + Send + Sync;

impl Localizer {
    pub(super) fn new<L: AsRef<str>>(
        localize: impl Fn(&mut Problem, &Languages<'_>) -> Option<L> + Send + Sync + 'static,
    ) -> Self {
        let localize = move |problem: &mut Problem, languages: &Languages<'_>| {
            let language = localize(problem, languages)?;
            HeaderValue::from_str(language.as_ref()).ok()
        };
        Self(Callback::new(Arc::new(localize)))
    }

    /// Translates the problem and returns its language; without one the problem stays as it is.
    pub(super) fn localize(
        &self,
        problem: &mut Problem,
        request: &RequestInfo,
    ) -> Option<HeaderValue> {
        let status = problem.status();
        let mut translated = problem.clone();
        let languages = Languages::new(request.languages());
        let language = self
            .0
            .call(|localize| localize(&mut translated, &languages));
        let language = language.flatten();
        translated.limit_depth();
        if language.is_some() {
            // The status of a problem is the status of its response (RFC 9457, section 3.1.2).
            if let Some(status) = status {
                translated.set_status(status);
            }
            *problem = translated;
        }
        language
    }
}

impl fmt::Debug for Localizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Localizer")
    }
}
