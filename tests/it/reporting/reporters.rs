//! The local reporters: what they write, and what they must never write.

#![expect(clippy::unwrap_used, reason = "what must not fail in a test fails it")]

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backstop::reporters::{Console, Delivery, Memory, Reporter as _, Tracing};
use backstop::{Backstop, Error, Report, ResultExt as _, testing};
use serde_json::json;
use tracing::field::{Field, Visit};

use crate::support::subscriber::set_default;

const LONG: Duration = Duration::from_secs(3_600);
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What was written to it.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps every event as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                write!(self.0, " {}={value:?}", field.name()).unwrap();
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        let metadata = event.metadata();
        let line = format!("{} {}{}\n", metadata.level(), metadata.target(), fields.0);
        self.0.lock().unwrap().push_str(&line);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

fn report() -> Arc<Report> {
    let report = json!({
        "id": ID, "timestamp": 100_000, "severity": "error", "handled": false, "origin": "handler",
        "errors": [
            {"message": "charging the card", "location": "src/pay.rs:40:9"},
            {"type": "pay::Timeout", "message": "no response\nafter 3 s \u{1b}[31m", "location": "src/pay.rs:12:5"},
        ],
        "frames": [
            {"function": "core::ops::call", "address": 1, "in_app": false},
            {"function": "pay::charge", "file": "src/pay.rs", "line": 12, "column": 5, "address": 2, "in_app": true,
             "source": [{"number": 11, "text": "fn charge() {"}, {"number": 12, "text": "    ask()?;"}]},
        ],
        "request": {"method": "POST", "url": "/orders/7?x=1", "route": "/orders/{id}", "headers": {"host": "shop"}},
        "response": {"status": 502},
        "transaction": "POST /orders/{id}",
        "user": {"id": "7"},
        "attributes": {"plan": "pro", "items": 3},
        "metadata": {"annotations": {"cart": {"total": 12}}},
        "feature_flags": [{"name": "new_cart", "variant": "b"}, {"name": "fast"}],
        "breadcrumbs": [
            {"timestamp": 97_500, "message": "cart loaded", "kind": "manual", "level": "info", "data": {"rows": 3}},
            {"timestamp": 99_960, "message": "asking the bank", "kind": "request", "level": "info"},
        ],
        "app": {"name": "shop", "version": "1.2.3"},
        "fingerprint": "f", "suppressed": 17,
    });
    Arc::new(serde_json::from_value(report).unwrap())
}

#[tokio::test]
async fn the_console_shows_the_chain_the_own_frames_the_steps_and_an_aligned_block() {
    let paper = Paper::default();
    let delivered = Console::to(paper.clone()).deliver(&[report()]).await;
    assert_eq!(delivered, [Delivery::Delivered]);
    let want = "\
ERROR 502 POST /orders/{id}  01890a5d-ac96-774b-bcce-b302099a8057
  charging the card
      at src/pay.rs:40:9
  caused by: no response
    after 3 s \\u{1b}[31m [pay::Timeout]
      at src/pay.rs:12:5
  Frames:
    pay::charge
      at src/pay.rs:12:5
           11 | fn charge() {
      >    12 |     ask()?;
    core::ops::call
  Request:
    url   POST /orders/7?x=1
    host  shop
  Breadcrumbs:
       -2.5s  cart loaded {\"rows\":3}
       -40ms  asking the bank
  Metadata:
    items             3
    plan              pro
    annotations.cart  {\"total\":12}
    user.id           7
    feature flags     new_cart=b, fast
    app               shop 1.2.3
    suppressed        17 more like this

";
    assert_eq!(paper.text(), want);
    let colored = Paper::default();
    Console::to(colored.clone())
        .color(true)
        .deliver(&[report()])
        .await;
    assert!(colored.text().starts_with("\u{1b}[31;1mERROR\u{1b}[0m 502"));
}

#[tokio::test]
async fn a_console_whose_reader_is_gone_rejects() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert_eq!(
        Console::to(Closed).deliver(&[report()]).await,
        [Delivery::Rejected]
    );
}

#[tokio::test]
async fn tracing_writes_one_structured_event_a_report() {
    let log = Log::default();
    let _default = set_default(log.clone());
    Tracing::new().deliver(&[report()]).await;
    let text = log.text();
    assert_eq!(text.lines().count(), 1);
    for part in [
        "ERROR backstop::report",
        &format!("backstop.id={ID}"),
        "http.route=\"/orders/{id}\"",
        "http.response.status_code=502",
        "url.path=\"/orders/7\"",
        "backstop.suppressed=17",
        "feature_flags",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn memory_keeps_the_last_1024() {
    let memory = Memory::new();
    let reports: Vec<Arc<Report>> = (0..1_500_u64)
        .map(|index| {
            let mut report = (*report()).clone();
            report.timestamp = index;
            Arc::new(report)
        })
        .collect();
    memory.clone().deliver(&reports).await;
    let kept = memory.reports();
    assert_eq!((kept.len(), kept[0].timestamp), (1_024, 476));
}

#[tokio::test(start_paused = true)]
async fn no_planted_secret_leaves_through_any_local_reporter() {
    let (memory, paper, log) = (Memory::new(), Paper::default(), Log::default());
    let _default = set_default(log.clone());
    #[cfg_attr(
        not(feature = "spool"),
        expect(unused_mut, reason = "the spool is one more")
    )]
    let mut builder = testing::on_current_runtime(Backstop::production())
        .redact_keys(["pin"])
        .reporter(memory.clone())
        .reporter(Console::to(paper.clone()))
        .reporter(Tracing::new());
    #[cfg(feature = "spool")]
    let folder = tempfile::tempdir().unwrap();
    #[cfg(feature = "spool")]
    {
        struct Dead;
        impl backstop::reporters::Reporter for Dead {
            async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
                vec![Delivery::RETRY; batch.len()]
            }
        }
        builder = builder.reporter(backstop::reporters::Spool::new(folder.path(), Dead));
    }
    let backstop = builder.build().unwrap();
    let messages = [
        "postgres://app:s3cr3t@db:5432/shop refused",
        "sent {\"a\": 1} with password=s3cr3t",
        "{\"user\": {\"api_key_v2\": \"s3cr3t\"}, \"text\": \"{\\\"token\\\":\\\"s3cr3t\\\"}\"}",
        "Authorization: Bearer s3cr3t",
        "pin=s3cr3t",
    ];
    for message in messages {
        let handler = move || async move {
            let failed: Result<(), io::Error> = Err(io::Error::other(message));
            failed
                .or_internal("secret=s3cr3t")
                .map_err(|error| error.with_field("cookie", "s3cr3t"))
        };
        let app = axum::Router::new()
            .route("/orders/{id}", axum::routing::get(handler))
            .layer(backstop.layer());
        let request = http::Request::get("/orders/7?api%5Fkey=s3cr3t&x=1")
            .header("authorization", "Bearer s3cr3t")
            .header("cookie", "sid=s3cr3t")
            .header("referer", "https://me:s3cr3t@host/?token=s3cr3t")
            .body(axum::body::Body::empty())
            .unwrap();
        let response = tower::ServiceExt::oneshot(app, request).await.unwrap();
        assert_eq!(response.status(), 500);
    }
    backstop.notify(&io::Error::other("jwt: s3cr3t"));
    backstop
        .draft()
        .error(Error::msg("cvv=s3cr3t"))
        .send()
        .await;
    backstop.flush(LONG).await;
    let kept: Vec<String> = memory
        .reports()
        .iter()
        .map(|report| serde_json::to_string(&**report).unwrap())
        .collect();
    assert_eq!(kept.len(), messages.len() + 2);
    #[cfg_attr(
        not(feature = "spool"),
        expect(unused_mut, reason = "the spool is one more exit")
    )]
    let mut exits = vec![
        ("memory", kept.join("\n")),
        ("console", paper.text()),
        ("log", log.text()),
    ];
    #[cfg(feature = "spool")]
    {
        let parts = std::fs::read_dir(folder.path()).unwrap().flatten();
        let files = parts.flat_map(|part| std::fs::read_dir(part.path()).unwrap().flatten());
        let texts = files.map(|file| std::fs::read_to_string(file.path()).unwrap());
        exits.push(("spool", texts.collect()));
    }
    for (name, text) in exits {
        assert!(text.contains("REDACTED"), "{name} wrote nothing: {text}");
        assert!(!text.contains("s3cr3t"), "{name}: {text}");
    }
}

#[tokio::test]
async fn assertions_say_what_was_reported_instead() {
    let memory = Memory::new();
    memory.deliver(&[report()]).await;
    testing::assert_report_count(&memory, 1);
    assert_eq!(
        testing::assert_reported(&memory, "no response")
            .id
            .to_string(),
        ID
    );
    testing::assert_reported_with_attribute(&memory, "pay::Timeout", "items", 3);
    testing::assert_not_reported(&memory, "out of stock");
    let _quiet = testing::quiet_panics();
    let failed = |assert: fn(&Memory)| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| assert(&memory)));
        *caught.unwrap_err().downcast::<String>().unwrap()
    };
    let text = failed(|memory| drop(testing::assert_reported(memory, "out of stock")));
    assert!(
        text.contains("out of stock") && text.contains("charging the card"),
        "{text}"
    );
    let text = failed(|memory| testing::assert_report_count(memory, 2));
    assert!(
        text.starts_with("expected 2 reports, there are 1"),
        "{text}"
    );
    let text = failed(|memory| testing::assert_not_reported(memory, "card"));
    assert!(text.contains("was reported"), "{text}");
    let text = failed(|memory| {
        drop(testing::assert_reported_with_attribute(
            memory, "card", "plan", "free",
        ))
    });
    assert!(text.contains("pro"), "{text}");
}
