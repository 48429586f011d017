//! Failed validations through the question mark: each a 422 that lists what was wrong.

use backstop::Error;
use http::StatusCode;
use serde_json::{Value, json};

use crate::support::handler::respond;

/// Asserts that a handler that fails with this error responds with a 422 that lists these errors.
async fn assert_lists(failing: impl Fn() -> Error + Clone + Send + Sync + 'static, errors: Value) {
    let (status, problem) = respond(failing).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        problem,
        json!({
            "title": "Unprocessable Content",
            "status": 422,
            "errors": errors,
        })
    );
}

#[cfg(feature = "validator")]
mod validated {
    use validator::{Validate, ValidationError};

    use super::*;

    #[derive(Validate)]
    #[validate(schema(function = "not_both", skip_on_field_errors = false))]
    struct Order {
        #[validate(length(min = 1, message = "must not be empty"), email)]
        name: String,
        #[validate(length(min = 12))]
        password: String,
        #[validate(nested)]
        items: Vec<Item>,
        #[validate(nested)]
        address: Address,
    }

    #[derive(Validate)]
    struct Item {
        #[validate(range(min = 1, message = "at least one"))]
        count: u32,
    }

    #[derive(Validate)]
    struct Address {
        #[validate(length(min = 1, code = "no_street"))]
        street: String,
    }

    fn not_both(_: &Order) -> Result<(), ValidationError> {
        Err(ValidationError::new("both").with_message("not both".into()))
    }

    #[tokio::test]
    async fn each_failed_check_is_an_error_with_its_pointer() {
        let failing = || {
            let order = Order {
                name: String::new(),
                password: "s3cr3t".to_owned(),
                items: vec![Item { count: 1 }, Item { count: 0 }],
                address: Address {
                    street: String::new(),
                },
            };
            Error::from(order.validate().unwrap_err())
        };
        assert_lists(
            failing,
            json!([
                    {"detail": "not both", "pointer": "#", "code": "both"},
                    {"detail": "fails the check `no_street`", "pointer": "#/address/street", "code": "no_street"},
                    {"detail": "at least one", "pointer": "#/items/1/count", "code": "range"},
                    {"detail": "must not be empty", "pointer": "#/name", "code": "length"},
                    {"detail": "fails the check `email`", "pointer": "#/name", "code": "email"},
                    {"detail": "fails the check `length`", "pointer": "#/password", "code": "length"},
            ]),
        )
        .await;
    }
}

#[cfg(feature = "garde")]
mod guarded {
    use std::collections::BTreeMap;

    use garde::Validate;

    use super::*;

    #[derive(Validate)]
    struct Order {
        #[garde(length(min = 1))]
        name: String,
        #[garde(dive)]
        items: Vec<Item>,
        #[garde(dive)]
        stock: BTreeMap<String, Item>,
        #[garde(dive)]
        id: Id,
    }

    #[derive(Validate)]
    struct Item {
        #[garde(range(min = 1))]
        count: u32,
    }

    #[derive(Validate)]
    #[garde(transparent)]
    struct Id(#[garde(range(min = 10))] u32);

    #[tokio::test]
    async fn each_failed_rule_is_an_error_with_its_pointer() {
        let failing = || {
            let order = Order {
                name: String::new(),
                items: vec![Item { count: 1 }, Item { count: 0 }],
                stock: BTreeMap::from([("a/b.c ~d".to_owned(), Item { count: 0 })]),
                id: Id(1),
            };
            Error::from(order.validate().unwrap_err())
        };
        assert_lists(
            failing,
            json!([
                    {"detail": "lower than 10", "pointer": "#/id"},
                    {"detail": "lower than 1", "pointer": "#/items/1/count"},
                    {"detail": "length is lower than 1", "pointer": "#/name"},
                    {"detail": "lower than 1", "pointer": "#/stock/a~1b.c%20~0d/count"},
            ]),
        )
        .await;
    }
}
