//! The machine and the thread.

use std::sync::OnceLock;

use super::{Device, Thread};

/// This machine; asked once, on the worker.
pub(super) fn device() -> &'static Device {
    static DEVICE: OnceLock<Device> = OnceLock::new();
    DEVICE.get_or_init(|| Device {
        hostname: hostname(),
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
    })
}

pub(super) fn thread(thread: &std::thread::Thread) -> Thread {
    // The number is to be had only through `Debug`: `ThreadId(7)`.
    let id = format!("{:?}", thread.id());
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    Thread {
        name: thread.name().map(str::to_owned),
        id: digits.parse().unwrap_or_default(),
    }
}

fn hostname() -> Option<String> {
    let name = hostname::get().ok()?.to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}
