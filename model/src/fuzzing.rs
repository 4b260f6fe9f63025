//! What a fuzzer calls, and what has to hold whatever it makes up.
//!
//! It is there for tests and for `cargo fuzz`, which sets `cfg(fuzzing)`; the folder `fuzz` of the
//! repository has the target and its seeds. The function panics where something does not hold.

use crate::{Sources, check};

const PROVIDER: &str = "\
provider: clouds
title: Clouds
doc: A provider.
source: { url: \"https://example.com\" }
dispatch: header
authentication: tc3
envelope: response
arrays: indexed
clock_window: 300s
region: none
";

const SERVICE: &str = "\
service: castles
title: Castles
version: \"2020-01-01\"
host: castles.tencentcloudapi.com
doc: A service.
source: { url: \"https://example.com\" }
";

const ACTION: &str = "\
action: Build
doc: Builds.
source: { url: \"https://example.com\" }
kind: write
params:
  Name: { type: string, doc: The name. }
output:
  Castle: { type: Castle, doc: The castle. }
types:
  Castle:
    doc: A castle.
    fields:
      Id: { type: int64, doc: The id. }
";

/// No file makes the reader panic; what is wrong with it is told without control characters, and
/// told again in the same words.
///
/// The first byte says which file of a specification the rest is: the provider's, the service's or
/// the action's.
pub fn specification(data: &[u8]) {
    let [choice, text @ ..] = data else {
        return;
    };
    let text = String::from_utf8_lossy(text).into_owned();
    let mut files = files();
    files[usize::from(*choice) % 3].1 = text;
    let read = || check(&Sources::from_files(files.clone())).map_err(|found| found.to_string());
    let told = read();
    assert_eq!(read(), told);
    if let Err(problems) = told {
        let is_shown = |c: char| !c.is_control() || c == '\n';
        assert!(problems.chars().all(is_shown), "{problems:?}");
    }
}

fn files() -> [(&'static str, String); 3] {
    [
        ("clouds/provider.yaml", PROVIDER.to_owned()),
        ("clouds/castles/v20200101/service.yaml", SERVICE.to_owned()),
        ("clouds/castles/v20200101/Build.yaml", ACTION.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_files_are_a_specification() {
        let sources = Sources::from_files(files());
        assert!(check(&sources).is_ok());
    }

    #[test]
    fn seeds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/specification");
        let files = std::fs::read_dir(&folder).expect("the target has seeds");
        let mut count = 0;
        for file in files {
            let path = file.expect("the folder can be read").path();
            let data = std::fs::read(&path).expect("the file can be read");
            let result = std::panic::catch_unwind(|| super::specification(&data));
            assert!(result.is_ok(), "{} fails", path.display());
            count += 1;
        }
        assert!(count > 0, "{} has no seeds", folder.display());
    }
}
