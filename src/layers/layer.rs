//! [`BackstopLayer`].

use tower_layer::Layer;

use super::service::BackstopService;
use crate::backstop::Backstop;

/// The layer that responds to every failure of the service inside it; see the [module docs](super).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct BackstopLayer {
    backstop: Backstop,
}

impl BackstopLayer {
    /// The same as [`Backstop::layer`].
    pub fn new(backstop: &Backstop) -> Self {
        Self {
            backstop: backstop.clone(),
        }
    }
}

impl Backstop {
    /// The layer that responds to every failure of the service inside it; see [`layers`](crate::layers).
    pub fn layer(&self) -> BackstopLayer {
        BackstopLayer::new(self)
    }
}

impl<S> Layer<S> for BackstopLayer {
    type Service = BackstopService<S>;

    fn layer(&self, inner: S) -> BackstopService<S> {
        BackstopService::new(inner, &self.backstop)
    }
}
