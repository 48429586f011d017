//! What `on_error` is called with.

use std::sync::{Arc, Mutex};

use backstop::{Backstop, Builder};

use super::http::Reply;

/// One call of `on_error`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Recorded {
    pub(crate) status: u16,
    pub(crate) failure_status: u16,
    pub(crate) origin: &'static str,
    pub(crate) id: String,
    pub(crate) response_started: bool,
    pub(crate) messages: Vec<String>,
}

/// Records each call of `on_error`.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    events: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// The settings with this recorder as their callback.
    pub(crate) fn on(&self, builder: Builder) -> Backstop {
        let events = Arc::clone(&self.events);
        let builder = builder.on_error(move |event| {
            let failure = event.failure();
            let links = failure.chain().iter();
            events.lock().expect("no panic in here").push(Recorded {
                status: event.status().as_u16(),
                failure_status: failure.status().as_u16(),
                origin: failure.origin().as_str(),
                id: failure.id().hyphenated().to_string(),
                response_started: event.response_started(),
                messages: links.map(|link| link.message().to_owned()).collect(),
            });
        });
        builder.build().expect("good settings")
    }

    pub(crate) fn production() -> (Self, Backstop) {
        let recorder = Self::default();
        let backstop = recorder.on(Backstop::production());
        (recorder, backstop)
    }

    /// Takes all recorded calls.
    pub(crate) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.events.lock().expect("no panic in here"))
    }

    /// Takes the recorded calls, of which there must be one.
    #[track_caller]
    pub(crate) fn only(&self) -> Recorded {
        let events = self.take();
        let [only] = events.as_slice() else {
            unreachable!("not one call: {events:?}");
        };
        only.clone()
    }

    /// Asserts that one call was recorded, under the id of the response.
    #[track_caller]
    pub(crate) fn assert_only(&self, reply: &Reply, origin: &str, message: &str) {
        let only = self.only();
        assert_eq!(Some(&*only.id), reply.header("x-error-id"));
        assert_eq!(only.status, reply.status.as_u16());
        assert_eq!(only.origin, origin);
        assert!(!only.response_started);
        assert_eq!(
            only.messages.first().map(String::as_str),
            Some(message),
            "{only:?}"
        );
    }
}
