//! HTML: a page for everyone, and another for developers. Both are one document with one inline style, which the
//! Content-Security-Policy allows by hash.

mod development;
mod page;
mod production;
mod words;

use http::HeaderValue;

use super::view::View;

/// The policy of the built-in page: nothing but its own style, which is allowed by its SHA-256.
pub(crate) const PAGE_CSP: HeaderValue = HeaderValue::from_static(concat!(
    "default-src 'none'; style-src 'sha256-",
    "kLpb5VeohGuqmYgGG2cHbEtJhhO+zqm3ZfMILxHELLw=",
    "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
));

/// The policy of the page for developers: nothing but its own style and its own script.
pub(crate) const DEVELOPMENT_PAGE_CSP: HeaderValue = HeaderValue::from_static(concat!(
    "default-src 'none'; style-src 'sha256-",
    "exx+yvYF+J0cTKsOCsf1PU769HXLFcGdacUzWC8LwoQ=",
    "'; script-src 'sha256-",
    "MxFG62sBONY+5bTmkKZbUM1/eRNJGE3vCVrCnNzrxMg=",
    "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
));

/// The policy of a page that the application renders: styles, images and fonts, inline or from the same origin, and no
/// scripts.
pub(crate) const CUSTOM_PAGE_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The start of every page, up to its title.
const START: &str = concat!(
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<meta name=\"robots\" content=\"noindex\"><meta name=\"referrer\" content=\"no-referrer\"><title>"
);

pub(super) fn render(view: View<'_>) -> String {
    match view.developer {
        Some(developer) => development::document::render(view, developer, START),
        None => production::render(view, START),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn the_policies_name_the_hashes_of_styles_and_scripts() {
        let hash = |text: &str| {
            let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
            format!("'sha256-{hash}'")
        };
        for (policy, file) in [
            (PAGE_CSP, include_str!("production.css")),
            (DEVELOPMENT_PAGE_CSP, include_str!("development/page.css")),
            (DEVELOPMENT_PAGE_CSP, include_str!("development/page.js")),
        ] {
            let hash = hash(file);
            let policy = policy.to_str().unwrap();
            assert!(policy.contains(&hash), "{hash} is missing in {policy}");
        }
    }
}
