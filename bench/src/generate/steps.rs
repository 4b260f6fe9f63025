//! What is compared, step by step.

use std::path::Path;
use std::process::Command;

use super::Bench;
use crate::workspace::root;
use crate::{Failure, measure};

/// The file that changes where one does, which the catalogue has.
pub(super) const CHANGED: &str = "tencent/trtc/v20190722/DescribeUserInfo.yaml";

/// A step, and one way to do it.
pub(super) struct Way {
    pub(super) title: &'static str,
    /// For the ways that are Bindery's.
    pub(super) target: Option<&'static str>,
    pub(super) prepare: fn(&Bench) -> Result<(), Failure>,
    pub(super) command: fn(&Bench) -> Result<Command, Failure>,
}

/// Each step is followed by its floor, and by the ways of others.
pub(super) const STEPS: [&[Way]; 6] = [IMPORT, COLD, UNCHANGED, CHANGE, OWN, OWN_UNCHANGED];

const IMPORT: &[Way] = &[
    Way {
        title: "import all",
        target: Some("3 s"),
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            let out = bench.path("new");
            Ok(bench.tool.import(&bench.catalogue, &[], &out))
        },
    },
    Way {
        title: "… floor: serde_json over the files",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| bench.floor(&[("--json", &bench.catalogue)], "spec.txt"),
    },
    Way {
        title: "… serde_json to serde-saphyr",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| part("import-peer", &[&bench.catalogue, &bench.path("new")]),
    },
];

const COLD: &[Way] = &[
    Way {
        title: "generate all",
        target: Some("3 s, 381 MiB"),
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            let (spec, out) = (bench.path("spec"), bench.path("new"));
            Ok(bench.tool.generate(&spec, &out))
        },
    },
    Way {
        title: "… floor: granit-parser over the files",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| bench.floor(&[("--yaml", &bench.path("spec"))], "out.txt"),
    },
    Way {
        title: "… quote, syn and prettyplease",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| part("generate-peer", &[&bench.path("spec"), &bench.path("new")]),
    },
    Way {
        title: "… rustfmt alone over what is generated",
        target: None,
        prepare: |_| Ok(()),
        command: |bench| part("rustfmt-peer", &[&bench.path("out/src")]),
    },
];

const UNCHANGED: &[Way] = &[
    Way {
        title: "generate, nothing changed",
        target: Some("0.3 s"),
        prepare: |bench| bench.settle(&bench.path("spec"), "out"),
        command: |bench| Ok(bench.tool.generate(&bench.path("spec"), &bench.path("out"))),
    },
    Way {
        title: "… floor: looking at the files",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            let (spec, out) = (bench.path("spec"), bench.path("out"));
            bench.floor(&[("--look", &spec), ("--look", &out)], "none.txt")
        },
    },
];

const CHANGE: &[Way] = &[
    Way {
        title: "generate, one file changed",
        target: Some("0.5 s"),
        prepare: Bench::change,
        command: |bench| Ok(bench.tool.generate(&bench.path("spec"), &bench.path("out"))),
    },
    Way {
        title: "… floor: looking, and one service",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            let (spec, out) = (bench.path("spec"), bench.path("out"));
            let changed = spec.join(CHANGED);
            let service = changed.parent().unwrap_or(&spec);
            let work = [("--look", &*spec), ("--look", &*out), ("--yaml", service)];
            bench.floor(&work, "one.txt")
        },
    },
];

const OWN: &[Way] = &[
    Way {
        title: "generate the repository's own",
        target: Some("0.05 s"),
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            Ok(bench
                .tool
                .generate(&root().join("spec"), &bench.path("new")))
        },
    },
    Way {
        title: "… floor: granit-parser over the files",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| bench.floor(&[("--yaml", &root().join("spec"))], "own.txt"),
    },
];

const OWN_UNCHANGED: &[Way] = &[
    Way {
        title: "the same, nothing changed",
        target: Some("0.05 s"),
        prepare: |bench| bench.settle(&root().join("spec"), "own"),
        command: |bench| {
            Ok(bench
                .tool
                .generate(&root().join("spec"), &bench.path("own")))
        },
    },
    Way {
        title: "… floor: looking at the files",
        target: None,
        prepare: |bench| bench.empty("new"),
        command: |bench| {
            let (spec, own) = (root().join("spec"), bench.path("own"));
            bench.floor(&[("--look", &spec), ("--look", &own)], "none.txt")
        },
    },
];

/// Another's way to do a step.
fn part(name: &str, arguments: &[&Path]) -> Result<Command, Failure> {
    let mut command = measure::part()?;
    command.arg(name).args(arguments);
    Ok(command)
}
