//! Which requests are gRPC's.

/// Whether a content type is that of gRPC or gRPC-Web: `application/grpc`, `application/grpc-web` or
/// `application/grpc-web-text`, alone or followed by a suffix or parameters.
///
/// See [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), "Requests".
pub(super) fn is_grpc(content_type: &[u8]) -> bool {
    let Some(rest) = without_prefix(content_type, b"application/grpc") else {
        return false;
    };
    let rest = match without_prefix(rest, b"-web") {
        Some(web) => without_prefix(web, b"-text").unwrap_or(web),
        None => rest,
    };
    rest.first() == Some(&b'+') || matches!(rest.trim_ascii_start().first(), None | Some(b';'))
}

fn without_prefix<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grpc_and_grpc_web_are_known_with_any_suffix_and_nothing_else_is() {
        for content_type in [
            "application/grpc",
            "application/grpc+proto",
            "Application/gRPC;charset=utf-8",
            "application/grpc ; x=y",
            "application/grpc-web",
            "application/grpc-web+json",
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
        ] {
            assert!(is_grpc(content_type.as_bytes()), "{content_type}");
        }
        for content_type in [
            "",
            "application/grp",
            "application/grpcx",
            "application/grpc-text",
            "application/grpc-webx",
            "application/grpc-web-texts",
            "application/grpc +proto",
            "application/connect+proto",
            "application/json",
        ] {
            assert!(!is_grpc(content_type.as_bytes()), "{content_type}");
        }
    }
}
