//! What a client gets when something fails.

mod conformance;
mod development;
#[cfg(all(feature = "axum", feature = "html"))]
mod headers;
#[cfg(all(feature = "axum", feature = "tower"))]
mod origins;
mod properties;
#[cfg(all(feature = "axum", feature = "html", feature = "xml"))]
mod rejections;
mod settings;
#[cfg(all(feature = "axum", feature = "html", feature = "xml"))]
mod totality;
#[cfg(all(feature = "axum", feature = "tower"))]
mod tower;
