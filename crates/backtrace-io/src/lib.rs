#![doc = include_str!("../README.md")]

mod annotations;
mod attributes;
mod backtrace_io;
mod body;
mod breadcrumbs;
mod document;
mod endpoint;
mod protocol;
mod stack;

pub use self::backtrace_io::BacktraceIo;
