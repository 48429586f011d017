//! Which keys are sensitive.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::json;

use super::super::Redactor;
use crate::panics::callback::Callback;

#[test]
fn the_last_word_of_a_key_decides() {
    let redactor = Redactor::default();
    for key in [
        "password",
        "DB_PASS",
        "PGPASSWORD",
        "dbPassword",
        "Pass Word",
        "pass\u{200B}word",
        "db.passwd",
        "MYSQL_PWD",
        "ADMIN_PW",
        "passphrase",
        "api_key_v2",
        "X-Api-Key",
        "APIKey",
        "apikey",
        "RAILS_MASTER_KEY",
        "STRIPE_KEY",
        "AccountKey",
        "SECRET_KEY_BASE",
        "secretKeys",
        "token",
        "accessToken",
        "X-Auth-Token",
        "csrf_token",
        "csrfmiddlewaretoken",
        "AWS_SESSION_TOKEN",
        "sessionId",
        "SESS_ID",
        "PHPSESSID",
        "connect.sid",
        "Set-Cookie",
        "cookies",
        "AUTHORIZATION",
        "authorization_header",
        "proxy-authorization",
        "REDIS_AUTH",
        "JWT",
        "client-secret",
        "client_secret_value",
        "new_password",
        "password_confirmation",
        "password2",
        "passwordHash",
        "user[password]",
        "pin",
        "OTP",
        "cvv",
        "card_number",
        "recovery_codes",
        "connectionString",
        "CONN_STR",
        "SLACK_WEBHOOK_URL",
        "seed_phrase",
        "TOTP_SEED",
        "GITHUB_PAT",
        "iban",
        "ssn",
        "\u{FF50}assword",
    ] {
        assert!(redactor.is_sensitive(key), "{key}");
    }
    for key in [
        "",
        "name",
        "monkey",
        "author",
        "authority",
        "authorized",
        "keyboard",
        "key",
        "code",
        "sig",
        "status_code",
        "country_code",
        "PWD",
        "pw_dir",
        "primary_key",
        "foreignKey",
        "sort_key",
        "cache_key",
        "public_key",
        "class_name",
        "className",
        "process_node",
        "recv_count",
        "credits",
        "credit_limit",
        "secretary",
        "possession",
        "tokenizer",
        "token_type",
        "max_tokens_per_call",
        "secret_name",
        "password_changed_at",
        "password_policy",
        "auth_url",
        "auth.method",
        "oauth_provider",
        "cookie_domain",
        "session_duration_ms",
        "signature_algorithm",
        "jwt_issuer",
        "boarding_pass",
        "passed",
        "compass",
        "bypass",
        "gpio_pin",
        "session_name",
        "order_number",
        "random_seed",
        "query_string",
        "\u{E9}tat",
    ] {
        assert!(!redactor.is_sensitive(key), "{key}");
    }
}

#[test]
fn the_applications_own_keys_count_by_words_too() {
    let mut redactor = Redactor::default();
    for key in ["color", "X-Tenant-Ref", ""] {
        redactor.insert(key);
    }
    for key in [
        "color",
        "COLOR",
        "colors",
        "favorite_color",
        "favoriteColor",
        "color_value",
        "x_tenant_ref",
        "xTenantRef",
    ] {
        assert!(redactor.is_sensitive(key), "{key}");
    }
    for key in ["discolor", "color_name", "tenant_ref", "ref"] {
        assert!(!redactor.is_sensitive(key), "{key}");
    }
    assert_eq!(redactor.text("color=7, n=8"), "color=[REDACTED], n=8");
}

#[test]
fn values_say_what_keys_leave_open() {
    let redactor = Redactor::default();
    let mut value = json!({
        "token": 5, "tokens": {"github": "s3cr3t", "count": 5}, "session": {"id": "s3cr3t", "duration": 5}, "password": null, "pin": 1234, "auth": ["s3cr3t"],
        "errors": {"password": ["is too short"]}, "required": ["password", "email"], "args": ["--password", "s3cr3t", "--n", "5"],
        "pairs": [["password", "s3cr3t"], ["n", "5"]], "header": [{"name": "Authorization", "value": "x s3cr3t"}, {"name": "n", "value": "5"}],
        "card": 4_111_111_111_111_111_u64, "text": "{\"password\":\"s3cr3t\",\"n\":12345678901234567890123}",
    });
    redactor.member("", &mut value);
    let hidden = "[REDACTED]";
    assert_eq!(
        value,
        json!({
            "token": 5, "tokens": {"github": hidden, "count": 5}, "session": {"id": hidden, "duration": 5}, "password": null, "pin": hidden, "auth": [hidden],
            "errors": {"password": ["is too short"]}, "required": ["password", "email"], "args": ["--password", hidden, "--n", "5"],
            "pairs": [["password", hidden], ["n", "5"]], "header": [{"name": "Authorization", "value": hidden}, {"name": "n", "value": "5"}],
            "card": hidden, "text": "{\"password\":\"[REDACTED]\",\"n\":12345678901234567890123}",
        })
    );
}

#[test]
fn what_lies_too_deep_is_hidden_whole() {
    let redactor = Redactor::default();
    let (mut deep, mut text) = (json!("s3cr3t"), "\"s3cr3t\"".to_owned());
    for _ in 0..40 {
        deep = json!([deep]);
        text = format!("[{text}]");
    }
    redactor.member("", &mut deep);
    assert!(!deep.to_string().contains("s3cr3t"), "{deep}");
    assert!(!redactor.text(&text).contains("s3cr3t"));
}

#[test]
fn json_is_rewritten_in_place() {
    let redactor = Redactor::default();
    assert_eq!(
        redactor.text("{ \"z\": 1e400,\"a\":12345678901234567890123, \"pin\":1234,\"a\":[ ],\"token\":\"s3\\u0022cr3t\" }"),
        "{ \"z\": 1e400,\"a\":12345678901234567890123, \"pin\":\"[REDACTED]\",\"a\":[ ],\"token\":\"[REDACTED]\" }"
    );
}

#[test]
fn a_replacement_decides_alone_and_hides_what_it_panics_over() {
    let mut redactor = Redactor::default();
    redactor.replace_with(Callback::new(Arc::new(|key, text| match key {
        Some("bad") => panic!("no"),
        Some("n") => Cow::Borrowed("m"),
        _ => Cow::Borrowed(text),
    })));
    let mut value = json!({"bad": "x", "n": [1, {"password": "kept"}]});
    redactor.member("", &mut value);
    assert_eq!(
        value,
        json!({"bad": "[REDACTED]", "n": ["m", {"password": "kept"}]})
    );
    assert_eq!(redactor.text("password=kept"), "password=kept");
    assert_eq!(redactor.field("n", "x"), "m");
}

#[test]
fn secrets_as_keys_of_objects_are_hidden_and_no_member_is_lost() {
    let redactor = Redactor::default();
    let mut value = json!({
        "tokens_by_value": {"s3cr3tV4lue": {"uses": 1}, "0th3rS3cr3t": 2, "total": 2},
        "seen": {"ghp_0123456789abcdefghijABCDEF": 1, "x86_64-v3": 1, "sha256": 1, "utf8": 1},
        "sessions": {"by_region": {"eu-west-1": 5, "us-east-2a": 6, "oauth2token": "x"}},
    });
    redactor.member("", &mut value);
    assert_eq!(
        value,
        json!({
            "tokens_by_value": {"[REDACTED]": 2, "[REDACTED] (2)": {"uses": 1}, "total": 2},
            "seen": {"[REDACTED]": 1, "x86_64-v3": 1, "sha256": 1, "utf8": 1},
            "sessions": {"by_region": {"eu-west-1": 5, "us-east-2a": 6, "oauth2token": "[REDACTED]"}},
        })
    );
    let once = value.clone();
    redactor.member("", &mut value);
    assert_eq!(value, once);
    let mut attributes: std::collections::BTreeMap<String, serde_json::Value> = [
        ("tokens_by_value.s3cr3tV4lue", 1),
        ("tokens_by_value.0th3rS3cr3t", 2),
        ("tokens_by_value.total", 3),
        ("http.2xx.p95ms", 4),
    ]
    .map(|(key, count)| (key.to_owned(), json!(count)))
    .into();
    redactor.attributes(&mut attributes);
    let keys: Vec<&str> = attributes.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "http.2xx.p95ms",
            "tokens_by_value.[REDACTED]",
            "tokens_by_value.[REDACTED] (2)",
            "tokens_by_value.total",
        ]
    );
}
