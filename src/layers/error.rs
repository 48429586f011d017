//! The error layer alone.

use tower_layer::Layer;

use super::fused::{BackstopLayer, BackstopService};
use crate::backstop::Backstop;

/// Answers errors, bare error responses and failing bodies, and lets panics through: for services in which
/// another layer catches those, as [`CatchPanicLayer`](super::CatchPanicLayer) does.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct ErrorLayer {
    layer: BackstopLayer,
}

impl ErrorLayer {
    /// The error layer of a Backstop.
    pub fn new(backstop: &Backstop) -> Self {
        Self {
            layer: BackstopLayer::new(backstop, false),
        }
    }
}

impl<S> Layer<S> for ErrorLayer {
    type Service = BackstopService<S>;

    fn layer(&self, inner: S) -> BackstopService<S> {
        self.layer.layer(inner)
    }
}
