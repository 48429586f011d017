//! What `on_error` is called with.

use std::sync::{Arc, Mutex};

use backstop::{Backstop, Builder};

use super::http::Reply;

/// One call of `on_error`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) failure_status: u16,
    pub(crate) origin: &'static str,
    pub(crate) id: String,
    pub(crate) response_started: bool,
    pub(crate) messages: Vec<String>,
}

/// Remembers what `on_error` was told.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    told: Arc<Mutex<Vec<Told>>>,
}

impl Recorder {
    /// The settings with this recorder as their callback.
    pub(crate) fn on(&self, builder: Builder) -> Backstop {
        let told = Arc::clone(&self.told);
        let builder = builder.on_error(move |event| {
            let failure = event.failure();
            let links = failure.chain().iter();
            told.lock().expect("no panic in here").push(Told {
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

    /// All that was told since the last time.
    pub(crate) fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.told.lock().expect("no panic in here"))
    }

    /// The one failure that was told since the last time.
    #[track_caller]
    pub(crate) fn only(&self) -> Told {
        let told = self.take();
        let [only] = told.as_slice() else {
            unreachable!("not told once: {told:?}");
        };
        only.clone()
    }

    /// Asserts that one failure was told, under the id of the answer.
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
