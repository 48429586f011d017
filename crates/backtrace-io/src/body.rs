//! The body of a request: the document alone, or a form with the breadcrumbs as an attachment.

use backstop::Report;
use backstop::reporters::Rendered;
use backstop_http::Request;

use crate::breadcrumbs::breadcrumbs;
use crate::document::document;
use crate::stack::Excerpt;

/// What is sent for one report.
pub(crate) struct Body {
    document: Vec<u8>,
    breadcrumbs: Option<Vec<u8>>,
}

impl Body {
    pub(crate) fn new(report: &Report, excerpt: Excerpt) -> Self {
        let json = |value| serde_json::to_vec(&value).unwrap_or_default();
        let has_breadcrumbs = !report.breadcrumbs.is_empty();
        Self {
            document: json(document(report, excerpt)),
            breadcrumbs: has_breadcrumbs.then(|| json(breadcrumbs(report))),
        }
    }

    pub(crate) fn to_request(&self) -> Option<Request> {
        let Some(breadcrumbs) = &self.breadcrumbs else {
            return Some(Request::json(self.document.as_slice()));
        };
        // Random, so that no report can contain it.
        let boundary = format!("backstop-{:032x}", fastrand::u128(..));
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let mut form = Vec::new();
        for (name, file, content) in [
            ("upload_file", "upload_file.json", &self.document),
            (
                "attachment_bt-breadcrumbs-0",
                "bt-breadcrumbs-0",
                breadcrumbs,
            ),
        ] {
            let head = format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 content-type: application/json\r\n\r\n"
            );
            form.extend_from_slice(head.as_bytes());
            form.extend_from_slice(content);
            form.extend_from_slice(b"\r\n");
        }
        form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Some(Request::new(content_type.parse().ok()?, form))
    }
}

impl Rendered for Body {
    /// The size without the form's boundaries and headers, which are a few hundred bytes.
    fn byte_len(&self) -> usize {
        self.document.len() + self.breadcrumbs.as_ref().map_or(0, Vec::len)
    }
}
