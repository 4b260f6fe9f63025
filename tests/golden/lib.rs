//! The golden output of the generator, compiled under the workspace's lints.
//!
//! Each folder of this folder is a case: a specification, and what the generator makes of it.
//! `golden.rs` in the crate of the tests compares the two.

/// Declares a module for each case.
macro_rules! golden {
    ($($case:ident = $path:literal;)*) => {
        $(
            #[doc = concat!("The case `", stringify!($case), "`.")]
            #[path = $path]
            pub mod $case;
        )*

        /// The names of the cases that are compiled here.
        pub const CASES: &[&str] = &[$(stringify!($case)),*];
    };
}

golden! {
    documentation = "documentation/expected/mod.rs";
    empty_objects = "empty_objects/expected/mod.rs";
    locations = "locations/expected/mod.rs";
    names = "names/expected/mod.rs";
    number_codes = "number_codes/expected/mod.rs";
    order = "order/expected/mod.rs";
    pagination = "pagination/expected/mod.rs";
    recursion = "recursion/expected/mod.rs";
    required_inputs = "required_inputs/expected/mod.rs";
    reserved_names = "reserved_names/expected/mod.rs";
    rows = "rows/expected/mod.rs";
    shared_types = "shared_types/expected/mod.rs";
    streams = "streams/expected/mod.rs";
    types = "types/expected/mod.rs";
    versions = "versions/expected/mod.rs";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_is_compiled() {
        let folder = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
        let mut cases: Vec<String> = folder
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        cases.sort();
        assert_eq!(cases, super::CASES);
    }
}
