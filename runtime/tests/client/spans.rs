//! What `tracing` is told of calls: the names that OpenTelemetry's conventions have, and their
//! values.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use bindery_runtime::{Config, Credential};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{self, DefaultGuard};
use tracing::{Dispatch, Event, Metadata, Subscriber};

use crate::actions::{DescribeUserInfo, RemoveAll, ShowUserDetail, meeting, trtc};
use crate::server::{Script, Server, json};

/// While there is one subscriber in all, a span's place is forgotten for good if the thread that comes
/// to it first has none. With this one, there are two.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Spans::default()));

/// The spans in the order in which they began, each with its fields.
#[derive(Clone, Default)]
pub(crate) struct Spans(Arc<Mutex<Vec<Fields>>>);

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Spans {
    /// Takes in the spans of this thread until the second value is dropped.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        LazyLock::force(&ANOTHER);
        let spans = Self::default();
        let guard = subscriber::set_default(spans.clone());
        (spans, guard)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fields>> {
        self.0.lock().expect("no test panics in here")
    }

    /// What the first span, which is the call's, says of an error.
    pub(crate) fn error_of_call(&self) -> Option<String> {
        self.lock().first()?.0.get("error.type").cloned()
    }

    /// The fields of the spans that have begun since the last time, those of the call first.
    fn take(&self) -> Vec<Vec<(&'static str, String)>> {
        let spans = std::mem::take(&mut *self.lock());
        let fields = spans.into_iter().map(|span| span.0.into_iter().collect());
        fields.collect()
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("bindery_runtime")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut spans = self.lock();
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).expect("there are few") - 1;
        values.record(&mut self.lock()[index]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// What a list of names and values is as fields.
fn fields(fields: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    fields.sort();
    fields
}

/// The error of a call that is lost in one way or another, as its two spans tell it.
fn error_types(spans: &Spans) -> Vec<String> {
    let spans = spans.take().into_iter();
    let types = spans.map(|fields| {
        let mut fields = fields.into_iter();
        let found = fields.find(|(name, _)| *name == "error.type");
        found.map(|(_, value)| value).unwrap_or_default()
    });
    types.collect()
}

fn tencent() -> Credential {
    Credential::tencent("AKIDEXAMPLEEXAMPLE", "the-key")
}

#[tokio::test]
async fn spans_have_the_names_and_values_of_opentelemetry() {
    let (spans, _guard) = Spans::start();
    let success = r#"{"Response": {"Total": 7, "RequestId": "id"}}"#;
    let refusal = r#"{"error_code": "USG.201040001", "error_msg": "m"}"#;
    let server = Server::start([json(200, success), json(404, refusal)]).await;
    let url = server.url();
    let (_, port) = url.rsplit_once(':').unwrap();

    // The call's own region and place count, not the configuration's.
    let config = Config::builder(tencent()).region("ap-guangzhou").build();
    let call = trtc(&config.unwrap()).call(DescribeUserInfo::example());
    let call = call.region("ap-singapore").endpoint(&server.url());
    call.await.unwrap();
    let expected = [
        fields(&[
            ("otel.kind", "client"),
            ("otel.name", "trtc/DescribeUserInfo"),
            ("rpc.system.name", "tencentcloud"),
            ("rpc.method", "trtc/DescribeUserInfo"),
            ("cloud.region", "ap-singapore"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("bindery.request_id", "id"),
        ]),
        fields(&[
            ("otel.kind", "client"),
            ("otel.name", "POST"),
            ("http.request.method", "POST"),
            ("http.response.status_code", "200"),
            ("network.protocol.version", "1.1"),
            ("url.full", &format!("{}/", server.url())),
            ("bindery.request_id", "id"),
        ]),
    ];
    assert_eq!(spans.take(), expected);

    // This action takes no region, and is named by its path.
    let config = server.config(Credential::huawei_token("the-token-of-the-example"));
    let request = ShowUserDetail {
        account: "ada".to_owned(),
        account_type: None,
        request_id: None,
    };
    let result = meeting(&config.build().unwrap()).call(request).await;
    assert!(result.is_err());
    let expected = [
        fields(&[
            ("otel.kind", "client"),
            ("otel.name", "meeting/ShowUserDetail"),
            ("rpc.system.name", "huaweicloud"),
            ("rpc.method", "meeting/ShowUserDetail"),
            ("rpc.response.status_code", "USG.201040001"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
            ("error.type", "USG.201040001"),
        ]),
        fields(&[
            ("otel.kind", "client"),
            ("otel.name", "GET"),
            ("http.request.method", "GET"),
            ("http.response.status_code", "404"),
            ("network.protocol.version", "1.1"),
            (
                "url.full",
                &format!("{}/v1/usg/dcs/corp/member/ada", server.url()),
            ),
            ("url.template", "/v1/usg/dcs/corp/member/{account}"),
            ("error.type", "USG.201040001"),
        ]),
    ];
    assert_eq!(spans.take(), expected);
}

#[tokio::test]
async fn errors_without_a_code_are_named_by_one_of_few_words() {
    let (spans, _guard) = Spans::start();
    let server = Server::start([json(503, ""), Script::Send(Vec::new()), Script::Silence]).await;
    // A label has 63 characters at the most, so that no server has to be asked.
    let unknown = format!("http://{}.example.com", "n".repeat(64));
    let places = [server.url(), server.url(), server.url(), unknown];
    for (place, error_type) in places
        .iter()
        .zip(["503", "connection_lost", "timeout", "dns"])
    {
        let config = server.config(tencent()).no_proxy().insecure_endpoint(place);
        let config = config.attempt_timeout(Duration::from_millis(500)).build();
        let result = trtc(&config.unwrap()).call(RemoveAll {}).await;
        assert!(result.is_err(), "{place}");
        assert_eq!(error_types(&spans), [error_type; 2], "{place}");
    }
}
