//! Imports the vendor's metadata and generates its bindings before the crate is compiled.

use std::error::Error;
use std::path::PathBuf;

use bindery_import::tencent::{self, Request};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=data");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let spec = PathBuf::from(out).join("spec");
    let request = Request {
        catalogue: "data".into(),
        out: spec.clone(),
        ..Request::default()
    };
    tencent::import(&request, &|_| {})?;
    bindery_codegen::Builder::new(spec).build()?;
    Ok(())
}
