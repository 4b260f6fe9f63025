//! The vendor's examples through the generated types: replies are read, and what is odd about each
//! is reported by its place; requests that are JSON are written as they stand there.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    deprecated,
    reason = "actions that the vendor has withdrawn have odd examples, too"
)]

use std::path::Path;

use bindery_catalogue::tencent;
use bindery_runtime::support::{Action, RecordMut};
use bindery_runtime::{Call, Config, Credential, Mismatch, Response};
use bindery_tests::answer;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the examples of an action hold that its metadata does not say. Counted by hand from both;
/// the examples of other actions hold nothing of that kind.
fn mismatches(action: &str) -> Vec<String> {
    let list: &[&str] = match action {
        "CreateL7Rules" => &["$.TaskId: a string is declared, read from an integer"],
        "CreatePolicyVersion" => &["$.VersionId: an integer is declared, read from a string"],
        "DescribeBashEvents" => &["$.List[0].RuleLevel: an integer is declared, found a boolean"],
        "DescribeBootScript" => &["$.Detail: an object is declared, found a list"],
        "DescribeClusterRollOutSequenceTags" => {
            &["$.ClusterTags[0].Tags[0]: an object is declared, found a string"]
        }
        "DescribeFlowServiceDetail" => {
            &["$.EnableCLS: a boolean is declared, read from an integer"]
        }
        "DescribeGeneralMetricData" => {
            &["$.Records[0].DataSerial[1]: found null where a value is declared"]
        }
        "DescribeHPCClusters" => &["$.Clusters[0].Tags: found null where a value is declared"],
        "DescribeImageLifecyclePersonal" => {
            &["$.Data.StrategyInfo[0].Value: the number is out of range"]
        }
        "DescribeTelCallInfo" => &["$.VoipCallInCount: a promised member is missing"],
        "DescribeTRTCMarketScaleMetricData" => {
            let item = |index| {
                format!("$.Data.Series[0].Values[{index}]: an integer is declared, found a list")
            };
            return (0..13).map(item).collect();
        }
        "GetAntiFraud" => &[
            "$.Data.OtherModelScores: a list is declared, found a string",
            "$.Data.RiskInfo: a list is declared, found a string",
        ],
        "GetThreadMessage" => &["$.Content: a string is declared, found a list"],
        "InquiryPriceDbauditInstance" => &[
            "$.RealTotalCost: a number is declared, read from a string",
            "$.TotalPrice: a number is declared, read from a string",
        ],
        "ListReceiver" => &[
            "$.Receivers[0].Uin: a promised member is missing",
            "$.Receivers[0].WechatFlag: a promised member is missing",
        ],
        "ModifyServiceInfo" => &["$.Result: a boolean is declared, found a string"],
        "ResetDevice" => &["$.Device.DeviceInfo: a string is declared, found an object"],
        _ => &[],
    };
    list.iter().map(|&mismatch| mismatch.to_owned()).collect()
}

/// An example's request with its values of the types that the metadata declares.
fn declared(action: &str, mut request: Value) -> Value {
    if action == "AssumeRoleWithWebIdentity" {
        let seconds = request["DurationSeconds"].as_str().unwrap();
        request["DurationSeconds"] = seconds.parse::<u64>().unwrap().into();
    }
    request
}

/// The examples of an action: request and reply as text.
fn examples(folder: &str, action: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/services");
    let text = std::fs::read_to_string(path.join(folder).join("examples.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let text = |example: &Value, half: &str| example[half].as_str().unwrap().to_owned();
    let examples = file["actions"][action].as_array().unwrap().iter();
    examples
        .map(|example| (text(example, "input"), text(example, "output")))
        .collect()
}

fn config(url: &str) -> Config {
    let credential = Credential::tencent("AKIDEXAMPLE", "secret");
    Config::builder(credential).endpoint(url).build().unwrap()
}

/// Reads a reply, and what strict mode refuses of it. `call` makes a call to a server.
async fn read<A: Action + RecordMut>(
    call: impl Fn(&str, A) -> Call<A>,
    reply: &str,
) -> (Response<A::Output>, Vec<Mismatch>) {
    let server = answer(200, reply).unwrap();
    let strict = call(server.url(), A::empty()).strict(true).await;
    let strict = strict.err().map(|error| error.mismatches().to_vec());
    let server = answer(200, reply).unwrap();
    let read = call(server.url(), A::empty()).await;
    let read = read.unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(strict, Some(Vec::new()), "only mismatches are refused");
    (read, strict.unwrap_or_default())
}

/// Passes all examples of an action through its types.
async fn check<A: Action + RecordMut + DeserializeOwned>(
    folder: &str,
    call: impl Fn(&str, A) -> Call<A>,
) {
    let action = A::OPERATION.name;
    let mut found = Vec::new();
    for (request, reply) in examples(folder, action) {
        let (read, strict) = read(&call, &reply).await;
        assert_eq!(strict, read.mismatches(), "{action}, read strictly");
        found.extend(read.mismatches().iter().map(ToString::to_string));
        if let Some((_, body)) = request.split_once("\n\n") {
            let body: Value = serde_json::from_str(body).unwrap();
            let server = answer(200, &reply).unwrap();
            let request: A = serde_json::from_value(body.clone()).unwrap();
            call(server.url(), request).await.unwrap();
            let sent = server.received().unwrap().json().unwrap();
            assert_eq!(sent, declared(action, body), "{action}");
        }
    }
    found.sort();
    let mut expected = mismatches(action);
    expected.sort();
    assert_eq!(found, expected, "{action}");
}

/// A test for each action, by the vendor's folder.
macro_rules! actions {
    ($($folder:literal $service:ident::$version:ident::$method:ident($request:ident);)*) => {
        $(
            #[tokio::test]
            async fn $method() {
                use tencent::$service::$version as api;
                check($folder, |url, request: api::$request| {
                    api::Client::new(&config(url)).unwrap().$method(request)
                })
                .await;
            }
        )*
    };
}

actions! {
    "af/v20200226" af::v20200226::get_anti_fraud(GetAntiFraud);
    "apm/v20210622" apm::v20210622::describe_general_metric_data(DescribeGeneralMetricData);
    "asw/v20200722" asw::v20200722::describe_flow_service_detail(DescribeFlowServiceDetail);
    "autoscaling/v20180419" r#as::v20180419::describe_lifecycle_hooks(DescribeLifecycleHooks);
    "bmlb/v20180625" bmlb::v20180625::create_l7_rules(CreateL7Rules);
    "cam/v20190116" cam::v20190116::create_policy_version(CreatePolicyVersion);
    "cam/v20190116" cam::v20190116::list_receiver(ListReceiver);
    "ccc/v20200210" ccc::v20200210::describe_tel_call_info(DescribeTelCallInfo);
    "cds/v20180420" cds::v20180420::inquiry_price_dbaudit_instance(InquiryPriceDbauditInstance);
    "cdwpg/v20201230" cdwpg::v20201230::describe_instance(DescribeInstance);
    "cpdp/v20190820" cpdp::v20190820::add_contract(AddContract);
    "cwp/v20180228" cwp::v20180228::describe_vul_host_count_scan_time(DescribeVulHostCountScanTime);
    "databuddy/v20260715" databuddy::v20260715::create_file(CreateFile);
    "databuddy/v20260715" databuddy::v20260715::list_workflows(ListWorkflows);
    "emr/v20190103" emr::v20190103::describe_boot_script(DescribeBootScript);
    "hunyuan/v20230901" hunyuan::v20230901::get_thread_message(GetThreadMessage);
    "iot/v20180123" iot::v20180123::reset_device(ResetDevice);
    "lkeap/v20240522" lkeap::v20240522::get_reconstruct_document_result(GetReconstructDocumentResult);
    "nlp/v20190408" nlp::v20190408::analyze_sentiment(AnalyzeSentiment);
    "oceanus/v20190422" oceanus::v20190422::describe_job_configs(DescribeJobConfigs);
    "omics/v20221128" omics::v20221128::describe_hpc_clusters(DescribeHPCClusters);
    "sts/v20180813" sts::v20180813::assume_role_with_web_identity(AssumeRoleWithWebIdentity);
    "tcr/v20190924" tcr::v20190924::describe_image_lifecycle_personal(DescribeImageLifecyclePersonal);
    "tem/v20201221" tem::v20201221::modify_service_info(ModifyServiceInfo);
    "tke/v20180525" tke::v20180525::describe_cluster_roll_out_sequence_tags(DescribeClusterRollOutSequenceTags);
    "tke/v20220501" tke::v20220501::describe_cluster_instances(DescribeClusterInstances);
    "trtc/v20190722" trtc::v20190722::describe_trtc_market_scale_metric_data(DescribeTRTCMarketScaleMetricData);
    "yunjing/v20180228" yunjing::v20180228::describe_bash_events(DescribeBashEvents);
}

#[tokio::test]
async fn values_of_another_type_are_read_where_they_say_the_same() {
    use tencent::cam::v20190116 as cam;
    use tencent::cds::v20180420 as cds;
    use tencent::nlp::v20190408 as nlp;

    let (_, reply) = &examples("cam/v20190116", "CreatePolicyVersion")[0];
    let call = |url: &str, request| {
        let client = cam::Client::new(&config(url)).unwrap();
        client.create_policy_version(request)
    };
    assert_eq!(read(call, reply).await.0.version_id, Some(4));

    let (_, reply) = &examples("cds/v20180420", "InquiryPriceDbauditInstance")[0];
    let call = |url: &str, request| {
        let client = cds::Client::new(&config(url)).unwrap();
        client.inquiry_price_dbaudit_instance(request)
    };
    assert_eq!(read(call, reply).await.0.total_price, Some(5000.0));

    // Read as carelessly as serde_json does by itself, it would end in 6.
    let (_, reply) = &examples("nlp/v20190408", "AnalyzeSentiment")[0];
    let call = |url: &str, request| {
        let client = nlp::Client::new(&config(url)).unwrap();
        client.analyze_sentiment(request)
    };
    let positive = read(call, reply).await.0.positive.unwrap();
    assert_eq!(positive.to_string(), "0.9263598322868347");
}

#[tokio::test]
async fn an_output_called_error_is_no_error() {
    use tencent::lkeap::v20240522 as lkeap;

    let reply = r#"{"Response":{"Status":"Failed","Error":{"Code":"FailedOperation","Message":"No."},"RequestId":"1"}}"#;
    let call = |url: &str, request| {
        let client = lkeap::Client::new(&config(url)).unwrap();
        client.get_reconstruct_document_result(request)
    };
    let (read, strict) = read(call, reply).await;
    let error = read.error.as_ref().unwrap();
    assert_eq!(error.code.as_deref(), Some("FailedOperation"));
    assert_eq!(strict, []);
}
