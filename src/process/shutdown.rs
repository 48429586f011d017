//! The shutdown of the service, as the application sees it.

use crate::backstop::Backstop;

/// # Shutdown
impl Backstop {
    /// Resolves when the service should shut down: after a panic with
    /// [`OnPanic::ShutDown`](crate::panics::OnPanic::ShutDown), or after [`request_shutdown`](Self::request_shutdown).
    /// May be called any number of times, and at any time.
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use std::time::Duration;
    /// use axum::Router;
    /// use backstop::{Backstop, panics::OnPanic};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let grace = Duration::from_secs(20);
    /// let backstop = Backstop::production().on_panic(OnPanic::ShutDown { grace }).build()?;
    /// let app: Router = Router::new().layer(backstop.layer());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// # backstop.request_shutdown();
    /// axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
    ///     .with_graceful_shutdown(backstop.shutdown_signal())
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn shutdown_signal(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.shutdown_state().requested()
    }

    /// Resolves [`shutdown_signal`](Self::shutdown_signal). Backstop handles no signals of the operating system; an
    /// application that does can call this. Such a shutdown does not count as a failure and has no grace period.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().build()?;
    /// let handle = backstop.clone();
    /// tokio::spawn(async move {
    ///     // `tokio::signal::unix::signal(SignalKind::terminate())` here
    ///     handle.request_shutdown();
    /// });
    /// backstop.shutdown_signal().await;
    /// # Ok(()) }
    /// ```
    pub fn request_shutdown(&self) {
        self.shutdown_state().request();
    }

    /// Resolves when the grace period after a panic is over, with
    /// [`OnPanic::ShutDown`](crate::panics::OnPanic::ShutDown), so that `main` can drop the remaining requests instead
    /// of waiting any longer.
    ///
    /// ```
    /// use backstop::Backstop;
    /// # async fn serve(_: &Backstop) -> backstop::Result<()> { Ok(()) }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
    /// # let backstop = Backstop::production().build()?;
    /// # let guard = backstop.guard();
    /// let result = tokio::select! {
    ///     result = serve(&backstop) => result,
    ///     () = backstop.grace_over() => Ok(()), // the exit code is a failure, because of the panic
    /// };
    /// let code = guard.exit_code(result);
    /// # assert_eq!(code, std::process::ExitCode::SUCCESS);
    /// # Ok(()) }
    /// ```
    pub fn grace_over(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.shutdown_state().grace_over()
    }

    /// Whether a panic started a shutdown, with [`OnPanic::ShutDown`](crate::panics::OnPanic::ShutDown).
    #[must_use]
    pub fn has_fatal_panic(&self) -> bool {
        self.shutdown_state().has_panicked()
    }
}
