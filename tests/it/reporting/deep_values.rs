//! Values that are nested too deeply to be walked recursively: nothing that happens to a report may overflow a stack.

use backstop::report::{Breadcrumb, Flatten};
use backstop::reporters::Memory;
use backstop::{Backstop, Error};
use serde_json::{Value, json};

fn deep() -> Value {
    (0..200_000).fold(json!(7), |value, level| match level % 2 {
        0 => Value::Array(vec![value]),
        _ => Value::Object([("a".to_owned(), value)].into_iter().collect()),
    })
}

/// How deeply the text of a value is nested.
fn depth(value: &Value) -> usize {
    let text = value.to_string();
    text.matches(['[', '{']).count()
}

#[tokio::test]
async fn what_the_application_records_may_be_nested_to_any_depth() {
    let memory = Memory::new();
    let backstop = Backstop::production().log(false).reporter(memory.clone());
    let backstop = backstop.build().unwrap();
    let scope = backstop.scope();
    scope.set_metadata("section", "deep", deep());
    scope.add_annotation("deep", deep());
    scope.add_attributes(Flatten::new(deep()));
    scope.add_breadcrumb(Breadcrumb::new("deep").with_data(deep()));
    let error = Error::msg("deep")
        .with_details(deep())
        .with_field("deep", deep());
    scope.notify(&error);
    assert!(backstop.flush(super::LONG).await.is_empty());
    assert_eq!(memory.reports().len(), 1);
}

#[tokio::test]
async fn a_callback_may_add_what_is_nested_to_any_depth() {
    let memory = Memory::new();
    let backstop = Backstop::production().log(false).reporter(memory.clone());
    let backstop = backstop.build().unwrap();
    for end in [|| true, || false, || panic!("a callback")] {
        let scope = backstop.scope();
        scope.add_breadcrumb("crumb");
        scope.on_report(move |report| {
            report.attributes.insert("deep".to_owned(), deep());
            let section = report.metadata.entry("section".to_owned()).or_default();
            section.insert("deep".to_owned(), deep());
            for crumb in &mut report.breadcrumbs {
                crumb.data.insert("deep".to_owned(), deep());
            }
            end()
        });
        let _quiet = backstop::testing::quiet_panics();
        scope.notify(&Error::msg("deep"));
    }
    assert!(backstop.flush(super::LONG).await.is_empty());
    let reports = memory.reports();
    // The callback that returned `false` dropped its report; the one that panicked changed nothing.
    assert_eq!(reports.len(), 2);
    let metadata = &reports[0].metadata["section"]["deep"];
    assert!((1..=64).contains(&depth(metadata)), "{}", depth(metadata));
    assert!(!reports[1].metadata.contains_key("section"));
}
