//! `application/api-problem+json`: draft-nottingham-http-problem of 2012, for clients that name it.

use serde::Serialize;

use super::Document;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiProblem<'a> {
    described_by: &'a str,
    title: Option<&'a str>,
    http_status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

pub(super) fn render(document: &Document<'_>) -> Vec<u8> {
    let problem = document.problem;
    let api_problem = ApiProblem {
        described_by: problem.type_ref(),
        title: problem.title_ref(),
        http_status: document.disclosed.item.status.as_u16(),
        detail: problem.detail_ref(),
    };
    // Texts and a number always serialise.
    serde_json::to_vec(&api_problem).unwrap_or_default()
}
