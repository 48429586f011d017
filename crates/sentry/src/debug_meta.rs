//! The executables and libraries of an event's frames, by which Sentry finds the debug files that were uploaded.

use std::borrow::Cow;

use backstop::Report;
use sentry_types::protocol::v7::{Addr, DebugImage, DebugMeta, SymbolicDebugImage};
use sentry_types::{CodeId, DebugId};
use serde_json::Value;

/// The images of the frames without a line.
pub(crate) fn debug_meta(report: &Report) -> Cow<'static, DebugMeta> {
    let images = report.debug_images.iter().map(|image| {
        DebugImage::Symbolic(SymbolicDebugImage {
            name: image.file.clone(),
            arch: None,
            image_addr: Addr(image.address),
            image_size: image.size,
            image_vmaddr: Addr(0),
            id: DebugId::from_uuid(image.debug_id),
            code_id: image.build_id.clone().map(CodeId::new),
            debug_file: None,
        })
    });
    Cow::Owned(DebugMeta {
        images: images.collect(),
        ..DebugMeta::default()
    })
}

/// Tells Sentry that all addresses are those to which calls return, the first one too: `sentry-types` cannot.
pub(crate) fn adjust_addresses(event: &mut Value) {
    let exceptions = event
        .pointer_mut("/exception/values")
        .and_then(Value::as_array_mut);
    for exception in exceptions.into_iter().flatten() {
        if let Some(stack) = exception
            .get_mut("stacktrace")
            .and_then(Value::as_object_mut)
        {
            stack.insert("instruction_addr_adjustment".to_owned(), "all".into());
        }
    }
}
