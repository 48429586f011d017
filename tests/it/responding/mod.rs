//! What a client gets when something fails.

#[cfg(feature = "axum")]
mod bare;
mod conformance;
mod development;
mod development_page;
mod development_twins;
#[cfg(feature = "axum")]
mod disconnects;
#[cfg(feature = "axum")]
mod encoded;
#[cfg(feature = "axum")]
mod event_streams;
#[cfg(feature = "axum")]
mod expected;
#[cfg(feature = "axum")]
mod extremes;
#[cfg(feature = "axum")]
mod grpc;
#[cfg(feature = "axum")]
mod head;
#[cfg(feature = "axum")]
mod headers;
#[cfg(feature = "axum")]
mod hostile_sizes;
#[cfg(feature = "axum")]
mod hygiene;
mod in_browser;
#[cfg(feature = "axum")]
mod inner_layers;
#[cfg(feature = "axum")]
mod languages;
#[cfg(feature = "axum")]
mod layer_order;
#[cfg(feature = "axum")]
mod local_clients;
#[cfg(feature = "axum")]
mod origins;
#[cfg(feature = "axum")]
mod outer_layers;
mod properties;
#[cfg(feature = "axum")]
mod rejections;
mod settings;
#[cfg(feature = "axum")]
mod shapes;
#[cfg(feature = "axum")]
mod statuses;
#[cfg(feature = "axum")]
mod totality;
#[cfg(feature = "axum")]
mod tower;
#[cfg(feature = "axum")]
mod unchanged;
#[cfg(feature = "axum")]
mod uploads;
