#![doc = include_str!("../README.md")]

mod attributes;
mod exception;
mod logger;
mod opentelemetry;
mod record;
mod stacktrace;
mod value;

pub use self::opentelemetry::OpenTelemetry;
