//! The signal by which a server shuts down.

use crate::backstop::Backstop;

/// Shutdown.
impl Backstop {
    /// Resolves when the service is to shut down: after a panic that is [fatal](crate::Builder::fatal), or after
    /// [`request_shutdown`](Self::request_shutdown). Else it never does. For any number of callers, at any time.
    ///
    /// ```
    /// use std::time::Duration;
    /// use axum::Router;
    /// use backstop::{Backstop, OnPanic};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let grace = Duration::from_secs(20);
    /// let backstop = Backstop::production().fatal(OnPanic::Shutdown { grace }).build()?;
    /// let app: Router = Router::new().layer(backstop.layer());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # backstop.request_shutdown();
    /// axum::serve(listener, app)
    ///     .with_graceful_shutdown(backstop.shutdown_signal())
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn shutdown_signal(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.ending().begun()
    }

    /// Has [`shutdown_signal`](Self::shutdown_signal) resolve. Backstop listens for no signal of the system itself; an
    /// application that does asks for the shutdown here. It is no failure, and no grace runs.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().build()?;
    /// let ending = backstop.clone();
    /// tokio::spawn(async move {
    ///     // `tokio::signal::unix::signal(SignalKind::terminate())` here
    ///     ending.request_shutdown();
    /// });
    /// backstop.shutdown_signal().await;
    /// # Ok(()) }
    /// ```
    pub fn request_shutdown(&self) {
        self.ending().request();
    }
}
