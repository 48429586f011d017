//! Who sees details in development: containers, virtual machines and proxies.
//!
//! Details are for you, not for everybody who can reach your machine. A client is local, and sees them, if every name
//! and address that its request carries is this machine's, or named in the settings:
//!
//! | of the request | must be |
//! | --- | --- |
//! | `:authority` and `Host` | `localhost`, a name below it, a loopback address, or one of [`local_hosts`]; two `Host` lines are refused |
//! | the address of the peer | a loopback address, or one of [`local_peers`]; if it is unknown, Backstop itself must have been compiled with debug assertions |
//! | each address in `X-Forwarded-For`, `X-Real-IP`, `Forwarded` (`for`, `by`), and the headers of CDNs and platforms such as `CF-Connecting-IP`, `True-Client-IP`, `X-Client-IP` and `Fastly-Client-IP` | the same |
//! | each host in `X-Forwarded-Host`, `X-Original-Host` and `Forwarded` (`host`) | the same as `Host` |
//! | what cannot be read, such as `unknown` and `_hidden` | absent |
//! | `Via` | accompanied by the address of a client |
//! | `X-Forwarded-Proto` and other signs of a proxy | accompanied by the address or the host of a client |
//! | the version | HTTP/1.1 or later: HTTP/1.0 is what nginx's plain `proxy_pass` speaks |
//!
//! A client that is not local sees what production shows. The log then says once, for each reason, which value it was and
//! which setting or change shows details: look for `details of failures are hidden` at WARN level.
//!
//! The peer's address is known if you serve with connect info:
//!
//! ```no_run
//! use std::net::SocketAddr;
//! use axum::Router;
//! use backstop::Backstop;
//! use backstop::settings::Disclosure;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let disclosure = Disclosure::new()
//!     .local_hosts(["shop.test"])
//!     .local_peers(["172.17.0.1", "192.168.56.0/24"]);
//! let backstop = Backstop::development().disclosure(disclosure).build()?;
//! let app: Router = Router::new().layer(backstop.layer());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
//! # Ok(()) }
//! ```
//!
//! What differs from one developer to the next belongs into the environment: `BACKSTOP_LOCAL` lists hosts, addresses and
//! networks, separated by commas, and adds them to those of the settings.
//!
//! ```sh
//! BACKSTOP_LOCAL=172.17.0.1,name-3000.app.github.dev cargo run
//! ```
//!
//! In tests, [`testing::local`](crate::testing::local) gives a request the address of this machine.
//!
//! # Docker
//!
//! In a container, requests come from the gateway of its network, `172.17.0.1` in the default one. Name it, and publish
//! the port on this machine only, because behind some setups (rootless Docker, the userland proxy) every client has the
//! gateway's address:
//!
//! ```sh
//! docker run -p 127.0.0.1:3000:3000 -e BACKSTOP_LOCAL=172.17.0.1 shop
//! ```
//!
//! # WSL 2
//!
//! A browser on Windows that opens `localhost:3000` comes through a relay that connects from the loopback address:
//! nothing to do. If it opens the address of the virtual machine instead, name the address in the browser's URL and the one
//! of the Windows host, which is the default gateway (`ip route`).
//!
//! # GitHub Codespaces
//!
//! A forwarded port has the host `name-3000.app.github.dev`, which arrives in `X-Forwarded-Host` or in `Host`: name it. If
//! your own address arrives too, the log names it, so that you can add it. Keep the port private, as it is by default.
//!
//! # Development proxies
//!
//! What they send to the service behind them, tried with their default settings:
//!
//! | proxy | `Host` | adds | what to do |
//! | --- | --- | --- | --- |
//! | Vite 8.3 | the service's own | nothing; with `xfwd: true` `X-Forwarded-For`, `-Host`, `-Port`, `-Proto` | set `xfwd` if Vite listens on other interfaces (`--host`) |
//! | webpack-dev-server 5.2 | the client's | nothing; with `xfwd: true` the same four | the same |
//! | Next 16.4, `rewrites` | the service's own | `X-Forwarded-Host` | listen on this machine only (`next dev -H 127.0.0.1`) |
//! | nginx 1.22, plain `proxy_pass` | the service's own | nothing, over HTTP/1.0 | hidden, until it speaks HTTP/1.1 and sends `X-Forwarded-For` |
//! | nginx 1.22, with `proxy_http_version 1.1`, `Host` and `X-Forwarded-For` | the client's | `X-Forwarded-For` | nothing |
//!
//! A proxy on this machine that adds nothing cannot be told from a client on this machine. Where one listens for other
//! machines, their clients see details: let it add `X-Forwarded-For`, or let it listen on the loopback address only.
//!
//! [`local_hosts`]: crate::settings::Disclosure::local_hosts
//! [`local_peers`]: crate::settings::Disclosure::local_peers
