#![doc = include_str!("../README.md")]

mod airbrake;
mod notice;
mod params;
mod protocol;
mod severity;

pub use self::airbrake::Airbrake;
