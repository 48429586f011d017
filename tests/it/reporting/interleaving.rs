//! No request's scope data is in another's report.

use axum::Router;
use axum::extract::Path;
use axum::routing::get as on_get;
use backstop::report::{FeatureFlag, Severity, User};
use backstop::{Error, Scope};
use http::StatusCode;

use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get, messages};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_interleaving_requests_each_report_their_own_scope_data_and_no_other() {
    async fn handler(Path(id): Path<usize>, scope: Scope) -> Result<(), Error> {
        scope.set_attribute("id", id);
        scope.add_feature_flag(FeatureFlag::new("flag").with_variant(format!("v{id}")));
        scope.set_user(User::new(id.to_string()));
        for step in 0..5 {
            Scope::current().add_breadcrumb(format!("{id}:{step}"));
            tokio::task::yield_now().await;
        }
        let inner = Scope::current();
        let spawned = inner.spawn(async move {
            tokio::task::yield_now().await;
            Scope::current().add_breadcrumb(format!("{id}:spawned"));
            Scope::current().log(Severity::Info, format!("{id}"));
        });
        spawned.await.unwrap();
        if id % 3 == 0 {
            panic!("{id}");
        }
        Err(Error::msg(format!("{id}")).with_field("id", id))
    }
    if passed_alone() {
        return;
    }
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route("/{id}", on_get(handler))
        .layer(backstop.layer());
    std::panic::set_hook(Box::new(|_| {}));
    let requests: Vec<_> = (0..1000)
        .map(|id| {
            let app = app.clone();
            tokio::spawn(async move { get(&app, &format!("/{id}")).await.status() })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    let _ = std::panic::take_hook();
    let all = reports.all();
    assert_eq!(all.len(), 1000);
    for report in &all {
        let id = report.errors[0].message.clone();
        let mut expected: Vec<String> = (0..5).map(|step| format!("{id}:{step}")).collect();
        expected.push(format!("{id}:spawned"));
        assert_eq!(messages(report), expected);
        assert_eq!(report.attributes["id"].to_string(), id);
        assert_eq!(report.attributes.len(), 1);
        assert_eq!(report.feature_flags.len(), 1);
        assert_eq!(report.feature_flags[0].variant, Some(format!("v{id}")));
        assert_eq!(report.user.as_ref().unwrap().id.as_deref(), Some(&*id));
        assert_eq!(report.logs[0].message, id);
        assert_eq!(report.request.as_ref().unwrap().url, format!("/{id}"));
    }
}
