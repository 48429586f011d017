//! JSON: the problem document, the envelopes, and `application/api-problem+json`.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::envelope::{self, Members};
use super::shape::Shape;
use super::view::View;
use crate::problem::limit_depth;

pub(super) fn render(view: View<'_>) -> Vec<u8> {
    let root = match view.shape {
        Shape::Problem => return view.problem.to_json(),
        Shape::Envelope { root } => Some(&**root),
        Shape::Bare => None,
        Shape::Custom { write } => {
            let value = write.write(view.problem, view.request).map(limit_depth);
            let json = value.and_then(|value| serde_json::to_vec(&value).ok());
            return json.unwrap_or_else(|| view.problem.to_json());
        }
    };
    let members = envelope::members(view);
    let mut json = Vec::with_capacity(256);
    // Cannot fail: members consist of texts, numbers and `Value`s, which always serialize.
    let _ = match root {
        Some(root) => serde_json::to_writer(&mut json, &Rooted(root, &members)),
        None => serde_json::to_writer(&mut json, &members),
    };
    json
}

/// The members under a root.
struct Rooted<'a>(&'a str, &'a Members);

impl Serialize for Rooted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// The format of draft-nottingham-http-problem of 2012, which preceded RFC 7807.
pub(super) fn render_api_problem(view: View<'_>) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ApiProblem<'a> {
        described_by: &'a str,
        title: Option<&'a str>,
        http_status: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<&'a str>,
    }

    let problem = view.problem;
    let api_problem = ApiProblem {
        described_by: problem.type_uri(),
        title: problem.title(),
        http_status: view.disclosed.item.status.as_u16(),
        detail: problem.detail(),
    };
    serde_json::to_vec(&api_problem).unwrap_or_default()
}
