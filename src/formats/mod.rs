//! The renderers. Each is a pure function from a [`View`] to bytes, and succeeds for every value.

mod debug_member;
mod envelope;
pub(crate) mod grpc;
mod html;
mod json;
mod markdown;
mod markdown_document;
mod render;
mod shape;
mod text;
mod view;
mod xml;

pub(crate) use self::html::{CUSTOM_PAGE_CSP, DEVELOPMENT_PAGE_CSP, PAGE_CSP};
pub(crate) use self::render::render;
pub(crate) use self::shape::is_xml_name;
pub use self::shape::{CustomShape, Shape};
pub(crate) use self::view::{View, problem};
