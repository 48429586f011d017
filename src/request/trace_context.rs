//! W3C Trace Context: which trace a request belongs to.

use http::HeaderValue;

/// The trace id and the parent's span id of a `traceparent` header of any version. `None` if the header is malformed
/// or one of them is all zeros (section 3.2.2).
pub(super) fn ids(traceparent: &HeaderValue) -> Option<(&str, &str)> {
    let text = traceparent.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let ends_well = match version {
        "ff" => return None,
        "00" => parts.next().is_none(),
        // Later versions may add fields.
        _ => true,
    };
    let is_valid = ends_well
        && is_hex(version, 2)
        && is_hex(trace, 32)
        && is_hex(parent, 16)
        && is_hex(flags, 2)
        && trace.bytes().any(|byte| byte != b'0')
        && parent.bytes().any(|byte| byte != b'0');
    is_valid.then_some((trace, parent))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_valid_traceparent_has_a_trace_id() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let of = |text: &str| {
            let value = HeaderValue::from_str(text).unwrap();
            ids(&value).map(|(trace, parent)| {
                assert_eq!(parent, "00f067aa0ba902b7");
                trace.to_owned()
            })
        };
        assert_eq!(
            of(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(),
            Some(id)
        );
        assert_eq!(
            of(&format!("cc-{id}-00f067aa0ba902b7-01-later")).as_deref(),
            Some(id)
        );
        for bad in [
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{id}-{}-01", "0".repeat(16)),
            "00-\n".trim().to_owned(),
            String::new(),
        ] {
            assert_eq!(of(&bad), None, "{bad}");
        }
    }
}
