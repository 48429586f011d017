//! Where a failure happened: the application, the machine and the thread.

use std::sync::OnceLock;
use std::thread;

use serde::{Deserialize, Serialize};

/// The application, as [`Builder::app`](crate::Builder::app) and
/// [`Builder::release_stage`](crate::Builder::release_stage) describe it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct App {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The environment that the application runs in, such as `production` or `staging`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_stage: Option<String>,
}

impl App {
    /// Creates an application with its name and version.
    #[must_use]
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            version: Some(version.into()),
            release_stage: None,
        }
    }

    /// Sets the environment that the application runs in.
    #[must_use]
    pub fn with_release_stage(mut self, stage: impl Into<String>) -> Self {
        self.release_stage = Some(stage.into());
        self
    }

    /// Whether nothing is known about it.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The machine that the failure happened on.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Device {
    /// The host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The operating system, such as `linux`.
    pub os: String,
    /// The architecture, such as `x86_64`.
    pub arch: String,
}

impl Device {
    /// A machine with its operating system and architecture.
    #[must_use]
    pub fn new(os: impl Into<String>, arch: impl Into<String>) -> Self {
        Self {
            hostname: None,
            os: os.into(),
            arch: arch.into(),
        }
    }

    /// Sets the host name.
    #[must_use]
    pub fn with_hostname(mut self, hostname: impl Into<String>) -> Self {
        self.hostname = Some(hostname.into());
        self
    }

    /// This machine. The first call asks the system for the host name.
    pub(crate) fn this() -> &'static Self {
        static THIS: OnceLock<Device> = OnceLock::new();
        THIS.get_or_init(|| Self {
            hostname: hostname(),
            ..Self::new(std::env::consts::OS, std::env::consts::ARCH)
        })
    }
}

fn hostname() -> Option<String> {
    let name = hostname::get().ok()?.to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}

/// The thread that the failure happened on.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of Rust's [`ThreadId`](std::thread::ThreadId), which is not the operating system's thread id.
    pub id: u64,
}

impl Thread {
    /// Creates a thread with the number of its [`ThreadId`](std::thread::ThreadId).
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self { name: None, id }
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl From<&thread::Thread> for Thread {
    fn from(thread: &thread::Thread) -> Self {
        // Stable Rust exposes the number only through `Debug`: `ThreadId(7)`.
        let id = format!("{:?}", thread.id());
        let digits: String = id.chars().filter(char::is_ascii_digit).collect();
        Self {
            name: thread.name().map(str::to_owned),
            id: digits.parse().unwrap_or_default(),
        }
    }
}
