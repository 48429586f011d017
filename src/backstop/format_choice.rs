//! The shape and the format of an error response, chosen by the settings and the request.

use http::HeaderValue;

use super::responder::Responder;
use crate::formats::{Shape, is_xml_name};
use crate::negotiate::{Format, Offers};
use crate::request::RequestInfo;

impl Responder {
    /// The shape and the formats for this request, if the application chooses them by request.
    pub(super) fn choose(&self, request: &RequestInfo) -> Option<(Shape, Offers)> {
        if self.shape_by.is_none() && self.format_by.is_none() {
            return None;
        }
        let shape = self.shape_by.as_ref();
        let shape = shape.and_then(|choose| choose.call(|choose| choose(request)));
        let shape = shape
            .filter(|shape| is_xml_name(shape.xml_root()))
            .unwrap_or_else(|| self.shape.clone());
        let default = self.format_by.as_ref();
        let default = default
            .and_then(|choose| choose.call(|choose| choose(request)))
            .filter(|format| shape.has(*format))
            .or_else(|| self.default_format.filter(|format| shape.has(*format)));
        let offers = shape.offers(default);
        Some((shape, offers))
    }

    /// The format, and whether `Accept` has chosen it.
    pub(super) fn format(
        &self,
        request: &RequestInfo,
        shape: &Shape,
        offers: &Offers,
    ) -> (Format, bool) {
        if let Some(format) = self.queried_format(request, shape) {
            (format, false)
        } else if self.negotiates {
            (offers.pick(request.accept()), true)
        } else {
            (offers.default(), false)
        }
    }

    /// The format that the query names, exactly and only once. Anything else is ignored.
    fn queried_format(&self, request: &RequestInfo, shape: &Shape) -> Option<Format> {
        let name = self.format_query.as_deref()?;
        let query = request.uri().query()?;
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let (value, None) = (values.next()?.1, values.next()) else {
            return None;
        };
        let format = match &*value {
            "json" => Format::Json,
            "html" => Format::Html,
            "xml" if *shape == Shape::Problem => Format::Xml,
            "xml" => Format::TextXml,
            "text" => Format::Text,
            media_type => *Format::ALL
                .iter()
                .find(|format| format.media_type() == media_type)?,
        };
        shape.has(format).then_some(format)
    }
}

/// The envelopes keep the charset that their clients know; RFC 8259, section 11, defines none for JSON.
pub(super) fn content_type(format: Format, shape: &Shape) -> HeaderValue {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    if format == Format::Json && !shape.keeps_properties() {
        JSON
    } else {
        format.content_type()
    }
}
