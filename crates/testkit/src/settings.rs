//! Checks of a reporter's settings.

use backstop::Backstop;
use backstop::reporters::IntoReporter;

/// Checks that each setting is an error of `build()` that starts with the reporter's name, contains the text beside it,
/// and shows no `s3cr3t`.
#[track_caller]
pub fn check<R: IntoReporter>(name: &str, cases: impl IntoIterator<Item = (R, &'static str)>) {
    for (reporter, problem) in cases {
        let error = Backstop::production()
            .reporter(reporter)
            .build()
            .unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with(&format!("reporter: {name}: ")), "{text}");
        assert!(text.contains(problem) && !text.contains("s3cr3t"), "{text}");
    }
}
