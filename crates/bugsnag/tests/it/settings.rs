//! Settings that cannot work, and those from the environment.

use backstop::reporters::Reporter as _;
use backstop_bugsnag::Bugsnag;
use backstop_testkit::process::{assert_passed, child, is_child};
use backstop_testkit::settings;

use crate::KEY;

#[test]
fn a_setting_that_cannot_work_is_an_error_that_shows_no_secret() {
    let cases = [
        (Bugsnag::new("s3cr3t"), "the API key is not 32"),
        (Bugsnag::new(""), "the API key is not 32"),
        (Bugsnag::from_env(), "BUGSNAG_API_KEY is not 32"),
        (
            Bugsnag::new(KEY).endpoint("https://sessions.bugsnag.com/"),
            "takes events",
        ),
        (
            Bugsnag::new(KEY).endpoint("https://notify.bugsnag.com/api/s3cr3t"),
            "takes events",
        ),
        (Bugsnag::new(KEY).endpoint("s3cr3t"), "not a valid URL"),
        (Bugsnag::new(KEY).endpoint("ftp://host/s3cr3t"), "https://"),
        (
            Bugsnag::new(KEY).endpoint("https://a:s3cr3t@host/"),
            "password",
        ),
        (
            Bugsnag::new(KEY).root_certificate("s3cr3t"),
            "not valid PEM",
        ),
        (
            Bugsnag::new(KEY).timeout(std::time::Duration::ZERO),
            "timeout of 0",
        ),
    ];
    settings::check("Bugsnag", cases);
    let shown = format!("{:?}", Bugsnag::new(KEY).endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains(KEY) && !shown.contains("s3cr3t"), "{shown}");
}

#[test]
fn the_key_can_come_from_the_environment() {
    if is_child() {
        Bugsnag::from_env().check().unwrap();
        return;
    }
    let output = child().env("BUGSNAG_API_KEY", KEY).output();
    assert_passed(&output.unwrap());
}
