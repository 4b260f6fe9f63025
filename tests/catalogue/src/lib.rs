//! The bindings of a slice of Tencent's catalogue, which the build script imports and generates.

include!(concat!(env!("OUT_DIR"), "/bindery.rs"));
