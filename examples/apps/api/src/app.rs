//! Puts the parts together: the routes, the limits around them, and Backstop around both.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use backstop::Backstop;
use backstop::Builder;
use backstop::sqlx::status;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;

use crate::store::Store;
use crate::{handlers, openapi};

/// How much the service accepts.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: usize,
    /// Requests at a time.
    pub concurrent: usize,
    /// How long a request may take until its response begins.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * 1024,
            concurrent: 128,
            deadline: Duration::from_secs(5),
        }
    }
}

/// Adds this service's settings to those of a mode: the fields that clients may see, and the statuses of database
/// errors that no error of the application replaces.
pub fn settings(mode: Builder) -> Builder {
    mode.safe_fields(["author", "book", "isbn"])
        .map_error(|error| status(error).into())
}

/// The API, without limits.
pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/authors", post(handlers::add_author))
        .route(
            "/authors/{id}",
            get(handlers::author).delete(handlers::remove_author),
        )
        .route("/books", get(handlers::books).post(handlers::add_book))
        .route(
            "/books/{id}",
            get(handlers::book)
                .put(handlers::change_book)
                .delete(handlers::remove_book),
        )
        .route("/books.csv", get(handlers::export))
        .route("/openapi.json", get(openapi::document))
        .with_state(store)
}

/// Adds the limits around the routes, and Backstop around the limits, so that it responds to their failures too.
pub fn guard(routes: Router, backstop: &Backstop, limits: &Limits) -> Router {
    let guards = ServiceBuilder::new()
        .layer(backstop.layer())
        .load_shed()
        // One semaphore for all routes, because `Router::layer` wraps each route in a service of its own.
        .layer(GlobalConcurrencyLimitLayer::new(limits.concurrent))
        .timeout(limits.deadline);
    routes
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(guards)
}
