//! Settings of a reporter, and what is shown of them.

use std::time::Duration;

use backstop::Backstop;
use backstop_http::HttpReporter;

use crate::tracker::Tracker;

#[test]
fn a_setting_that_cannot_work_is_an_error_that_names_it_and_shows_no_secret() {
    let tracker = || HttpReporter::new(Tracker::new());
    let good = || tracker().endpoint("https://host/");
    let cases = [
        (tracker(), "set one with `endpoint`"),
        (tracker().endpoint("s3cr3t"), "not a valid URL"),
        (tracker().endpoint("ftp://host/s3cr3t"), "https://"),
        (tracker().endpoint("https://a:s3cr3t@host/"), "password"),
        (good().root_certificate("s3cr3t"), "not valid PEM"),
        (good().timeout(Duration::ZERO), "timeout of 0"),
    ];
    for (reporter, problem) in cases {
        let error = Backstop::production()
            .reporter(reporter)
            .build()
            .unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("reporter: Tracker: "), "{text}");
        assert!(text.contains(problem) && !text.contains("s3cr3t"), "{text}");
    }
    let shown = format!("{:?}", good().endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains("s3cr3t"), "{shown}");
}
