//! Raw requests against the emulator: what each vendor accepts, what it refuses, and how.

mod faults;
mod generic;
mod huawei;
mod server;
mod support;
mod tencent;
mod zego;
