//! Generates the bindings of `spec/` before the crate is compiled.

fn main() -> Result<(), bindery_codegen::BuildError> {
    bindery_codegen::Builder::new("spec")
        .only("clock:DescribeTime")?
        .build()
}
