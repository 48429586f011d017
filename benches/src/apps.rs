//! What the apps of the rows are made of.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use backstop::reporters::{Delivery, Reporter};
use backstop::settings::{QueueLimits, Reporting};
use backstop::{Backstop, Error, Report};
use http::StatusCode;

pub fn production() -> Backstop {
    Backstop::production()
        .build()
        .expect("the defaults are valid")
}

/// With a reporter that accepts everything. It and the worker have threads of their own.
pub fn reporting() -> Backstop {
    reporting_with(Reporting::new())
}

pub fn reporting_with(reporting: Reporting) -> Backstop {
    built(reporting, Nowhere)
}

pub fn reporting_to(reporter: impl Reporter + 'static) -> Backstop {
    built(Reporting::new(), reporter)
}

fn built(reporting: Reporting, reporter: impl Reporter + 'static) -> Backstop {
    let room = QueueLimits {
        reports: 1 << 20,
        bytes: 1 << 32,
    };
    Backstop::production()
        .reporting(reporting.queue(room))
        .reporter(reporter)
        .build()
        .expect("the settings are valid")
}

/// Accepts every report and keeps none: the serving thread would pay for what `Memory` drops.
struct Nowhere;

static DELIVERED: AtomicU64 = AtomicU64::new(0);

impl Reporter for Nowhere {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        DELIVERED.fetch_add(batch.len() as u64, Ordering::Relaxed);
        vec![Delivery::Delivered; batch.len()]
    }
}

/// How many reports [`reporting`]'s reporter has accepted.
pub fn delivered() -> u64 {
    DELIVERED.load(Ordering::Relaxed)
}

pub fn route<F, R>(handler: fn() -> F) -> Router
where
    F: Future<Output = R> + Send + 'static,
    R: IntoResponse + 'static,
{
    Router::new().route("/orders/{id}", get(handler))
}

pub fn ok() -> Router {
    Router::new().route("/orders/{id}", get(async |Path(_): Path<u32>| "hello"))
}

pub fn bare() -> Router {
    route(|| async { StatusCode::NOT_FOUND })
}

/// A handler whose error Backstop responds to.
pub fn failing(backstop: &Backstop, status: StatusCode) -> Router {
    let handler = move || async move { Err::<(), _>(Error::new(status, "no order 7")) };
    Router::new()
        .route("/orders/{id}", get(handler))
        .layer(backstop.layer())
}

/// A handler that panics, in a process whose panic hook is silent.
pub fn panicking() -> Router {
    std::panic::set_hook(Box::new(|_| {}));
    panics()
}

pub fn panics() -> Router {
    route(|| async {
        if std::hint::black_box(true) {
            panic!("no order 7");
        }
    })
}
