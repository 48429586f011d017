//! Version 3 of Airbrake's API.

use std::borrow::Cow;

use backstop::{BoxError, Report};
use backstop_http::{Endpoint, Protocol, Request, Secret};
use http::header::AUTHORIZATION;

use crate::notice;

pub(crate) const ID_VARIABLE: &str = "AIRBRAKE_PROJECT_ID";
pub(crate) const KEY_VARIABLE: &str = "AIRBRAKE_PROJECT_KEY";
const MAX_BYTES: usize = 64_000;

/// The notices of one project.
#[derive(Debug)]
pub(crate) struct Notices {
    pub(crate) project_id: String,
    pub(crate) project_key: Secret,
}

impl Protocol for Notices {
    type Event = Vec<u8>;

    fn name(&self) -> Cow<'static, str> {
        "Airbrake".into()
    }

    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
        let server = match server {
            Some(server) if is_whole(server) => {
                return Err("the endpoint must not contain the path `/api/v3/projects/…/notices`, which is added; give the server, like https://errbit.example.com".into());
            }
            Some(server) => server.clone(),
            None => Endpoint::parse("https://api.airbrake.io")?,
        };
        Ok(server.join(&format!("api/v3/projects/{}/notices", self.project_id)))
    }

    fn render(&self, report: &Report) -> Vec<u8> {
        notice::render(report)
    }

    fn request(&self, notices: &[Vec<u8>]) -> Option<Request> {
        let bearer = self.project_key.to_header("Bearer ").ok()?;
        Some(Request::json(notices.concat()).with_header(AUTHORIZATION, bearer))
    }

    fn limit(&self) -> usize {
        MAX_BYTES
    }

    fn check(&self) -> Result<(), BoxError> {
        let is_plain =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        for (what, variable, value) in [
            ("project id", ID_VARIABLE, self.project_id.as_str()),
            ("project key", KEY_VARIABLE, self.project_key.expose()),
        ] {
            if !is_plain(value) {
                let problem = format!(
                    "the {what} must consist of letters and digits; copy it from the project's settings, or set {variable} for `from_env`"
                );
                return Err(problem.into());
            }
        }
        Ok(())
    }
}

/// Whether an endpoint has the path of the API already.
fn is_whole(server: &Endpoint) -> bool {
    let path = server.url().path().trim_end_matches('/');
    path.contains("/api/v3/projects") || path.ends_with("/notices")
}
