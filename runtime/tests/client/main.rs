//! Calls over real sockets on this machine: what goes out, and what becomes of each reply.

mod actions;
mod bodies;
mod errors;
mod event_errors;
mod events;
mod extensions;
mod lists;
mod paging;
mod requests;
mod server;
mod spans;
mod transport;
