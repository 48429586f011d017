//! Problems as clients read them: from JSON and from XML, whatever stands in there.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that can't go on fails its test"
)]

use backstop::Problem;
use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

fn from(value: &Value) -> Problem {
    Problem::from_json(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_member_of_the_wrong_type_counts_as_absent() {
    let problem = from(&json!({
        "type": 1, "title": ["x"], "status": "404", "detail": null, "instance": {"a": 1}, "balance": 30,
    }));
    let mut expected = Problem::default();
    expected.insert("balance", 30).unwrap();
    assert_eq!(problem, expected);
    assert_eq!(problem.type_uri(), "about:blank");
}

#[test]
fn a_status_that_is_none_counts_as_absent() {
    for status in [
        json!(0),
        json!(99),
        json!(1000),
        json!(70_000),
        json!(-404),
        json!(404.5),
    ] {
        assert_eq!(
            from(&json!({ "status": status })).status(),
            None,
            "{status}"
        );
    }
    assert_eq!(
        from(&json!({"status": 404})).status(),
        Some(StatusCode::NOT_FOUND)
    );
}

#[test]
fn unknown_members_are_kept_in_their_order() {
    let problem =
        Problem::from_json(br#"{"violated-policies": ["a"], "b": null, "title": "T"}"#).unwrap();
    let extensions: Vec<_> = problem.extensions().collect();
    assert_eq!(
        extensions,
        [("violated-policies", &json!(["a"])), ("b", &Value::Null)]
    );
}

#[test]
fn what_is_not_an_object_is_not_a_problem() {
    for json in [
        "",
        "[]",
        "null",
        "\"x\"",
        "{",
        "{\"a\"}",
        "\u{feff}{}",
        "{} {}",
    ] {
        assert!(Problem::from_json(json.as_bytes()).is_err(), "{json}");
    }
    assert!(Problem::from_json(b"\xff").is_err());
    assert!(Problem::from_json("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn serde_reads_it_inside_other_values() {
    #[derive(serde::Deserialize)]
    struct Log {
        problems: Vec<Problem>,
    }

    let log: Log = serde_json::from_str(r#"{"problems": [{"status": 409}]}"#).unwrap();
    assert_eq!(log.problems[0].status(), Some(StatusCode::CONFLICT));
}

fn text() -> impl Strategy<Value = String> {
    // What XML can say, control characters that it needs references for among it.
    "[ -~\t\r\nä€𝄞<>&'\"\u{85}\u{2028}]{0,20}"
}

/// Any JSON but floats, which `serde_json` reads to the last digit only with a feature.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        ".{0,6}",
        "(type|title|status|detail|instance)",
        Just("i".to_owned())
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn problem() -> impl Strategy<Value = Problem> {
    let members = (
        prop::option::of(400u16..600),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::collection::hash_map(".{0,6}", json_value(), 0..4),
    );
    members.prop_map(|(status, uri, title, detail, instance, extensions)| {
        let mut problem = status.map_or_else(Problem::default, |status| {
            Problem::new(StatusCode::from_u16(status).unwrap())
        });
        if let Some(uri) = uri {
            problem.set_type(uri);
        }
        if let Some(title) = title {
            problem.set_title(title);
        }
        if let Some(detail) = detail {
            problem.set_detail(detail);
        }
        if let Some(instance) = instance {
            problem.set_instance(instance);
        }
        for (name, value) in extensions {
            let _ = problem.insert(name, value);
        }
        problem
    })
}

proptest! {
    #[test]
    fn any_json_is_read_without_a_panic(value in json_value()) {
        let problem = Problem::from_json(value.to_string().as_bytes());
        prop_assert_eq!(problem.is_ok(), value.is_object());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Problem::from_json(&bytes);
    }

    #[test]
    fn what_is_written_as_json_reads_back_equal(problem in problem()) {
        prop_assert_eq!(Problem::from_json(&problem.to_json()).unwrap(), problem);
    }

    #[test]
    fn what_is_written_as_json_is_what_serde_writes(problem in problem()) {
        let written = String::from_utf8(problem.to_json()).unwrap();
        prop_assert_eq!(written, serde_json::to_string(&problem).unwrap());
    }
}

mod xml {
    use backstop::{Backstop, Error, RequestInfo};
    use http::Request;
    use http::header::ACCEPT;
    use http_body_util::BodyExt as _;

    use super::*;

    fn read(inside: &str) -> Problem {
        let xml = format!(
            r#"<?xml version="1.0"?><problem xmlns="urn:ietf:rfc:7807">{inside}</problem>"#
        );
        Problem::from_xml(&xml).unwrap()
    }

    #[test]
    fn the_example_of_the_appendix_is_read() {
        let problem = read(
            "<type>https://example.com/probs/out-of-credit</type>
             <title>You do not have enough credit.</title>
             <status>403</status>
             <detail>Your current balance is 30, but that costs 50.</detail>
             <instance>https://example.net/account/12345/msgs/abc</instance>
             <balance>30</balance>
             <accounts>
               <i>https://example.net/account/12345</i>
               <i>https://example.net/account/67890</i>
             </accounts>",
        );
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            json!({
                "type": "https://example.com/probs/out-of-credit",
                "title": "You do not have enough credit.",
                "status": 403,
                "detail": "Your current balance is 30, but that costs 50.",
                "instance": "https://example.net/account/12345/msgs/abc",
                "balance": "30",
                "accounts": ["https://example.net/account/12345", "https://example.net/account/67890"],
            })
        );
    }

    #[test]
    fn elements_nest_and_members_of_the_wrong_type_count_as_absent() {
        let problem = read(
            "<detail><b>no</b></detail><status>many</status><tree><leaf>1</leaf><empty/></tree><mixed>a<b/>c</mixed>",
        );
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            json!({"tree": {"leaf": "1", "empty": ""}, "mixed": {"b": ""}})
        );
    }

    #[test]
    fn references_sections_and_prefixes_are_understood() {
        assert_eq!(
            read("<detail>&lt;&#x26;&#65;<![CDATA[<raw>]]><!-- not this --></detail>").detail(),
            Some("<&A<raw>")
        );
        let prefixed = r#"<p:problem xmlns:p="urn:ietf:rfc:7807" xmlns:o="urn:o"><p:title>T</p:title><o:title>O</o:title><o:empty/></p:problem>"#;
        let problem = Problem::from_xml(prefixed).unwrap();
        assert_eq!(problem.title(), Some("T"));
        assert_eq!(problem.extensions().count(), 0);
    }

    #[test]
    fn what_is_not_a_problem_is_rejected() {
        let deep = format!(
            r#"<problem xmlns="urn:ietf:rfc:7807">{}"#,
            "<a>".repeat(100_000)
        );
        for xml in [
            "",
            "text",
            "<problem/>",
            r#"<problem xmlns="urn:other"/>"#,
            r#"<error xmlns="urn:ietf:rfc:7807"/>"#,
            r#"<problem xmlns="urn:ietf:rfc:7807">"#,
            r#"<problem xmlns="urn:ietf:rfc:7807"><title></detail></problem>"#,
            r#"<!DOCTYPE p [<!ENTITY e "x">]><problem xmlns="urn:ietf:rfc:7807"><title>&e;</title></problem>"#,
            &deep,
        ] {
            assert!(
                Problem::from_xml(xml).is_err(),
                "{}",
                &xml[..xml.len().min(80)]
            );
        }
    }

    /// What the server's renderer writes.
    fn written(
        problem: &Problem,
        backstop: impl FnOnce(backstop::Builder) -> backstop::Builder,
    ) -> String {
        let backstop = backstop(Backstop::production()).log(false).build().unwrap();
        let request = Request::get("/")
            .header(ACCEPT, "application/problem+xml")
            .body(())
            .unwrap();
        let facts = RequestInfo::from_request(&request);
        let error = Error::msg("x").with_status(problem.status().unwrap_or(StatusCode::NOT_FOUND));
        let response = backstop.respond(&facts, error);
        let body = futures_body(response.into_body());
        String::from_utf8(body).unwrap()
    }

    fn futures_body(body: axum::body::Body) -> Vec<u8> {
        let collected = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body.collect());
        collected.unwrap().to_bytes().to_vec()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

        #[test]
        fn what_the_renderer_writes_reads_back_with_equal_standard_members(problem in problem()) {
            let wanted = problem.clone();
            let edited = problem.clone();
            let xml = written(&problem, |builder| builder.customize(move |problem, _, _| *problem = edited.clone()));
            let read = Problem::from_xml(&xml).unwrap();
            prop_assert_eq!(read.type_uri(), wanted.type_uri());
            prop_assert_eq!(read.title(), wanted.title());
            prop_assert_eq!(read.status(), wanted.status().or(Some(StatusCode::NOT_FOUND)));
            prop_assert_eq!(read.detail(), wanted.detail());
            prop_assert_eq!(read.instance(), wanted.instance());
        }

        #[test]
        fn any_text_is_read_without_a_panic(xml in ".{0,64}", inside in "[<>/&;a-c=\"' #x0-9!\\[\\]-]{0,48}") {
            let _ = Problem::from_xml(&xml);
            let _ = Problem::from_xml(&format!(r#"<problem xmlns="urn:ietf:rfc:7807">{inside}</problem>"#));
        }
    }
}
