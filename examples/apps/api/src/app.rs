//! Where the parts are put together: the routes, what guards them, and Backstop around it all.

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

/// How much the service takes before it refuses.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: usize,
    /// Requests at a time.
    pub concurrent: usize,
    /// How long a request may take until its answer begins.
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

/// What this service adds to a mode's settings: the facts that clients may read, and what its database's errors mean
/// where no error of its own says more.
pub fn settings(mode: Builder) -> Builder {
    mode.safe_fields(["author", "book", "isbn"])
        .map_status(status)
}

/// The API, unguarded.
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

/// The limits around the routes, and Backstop around the limits: it answers for them too.
pub fn guard(routes: Router, backstop: &Backstop, limits: &Limits) -> Router {
    let guards = ServiceBuilder::new()
        .layer(backstop.layer())
        .load_shed()
        // Of one semaphore, for `Router::layer` puts a service of its own around each route.
        .layer(GlobalConcurrencyLimitLayer::new(limits.concurrent))
        .timeout(limits.deadline);
    routes
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(guards)
}
