//! The list of chatbots and the pickers of sessions: what they say of random rows is what plain loops over the rows say.

mod data;
mod laws;
mod oracle;
mod parity;
mod pickers;
mod request;
mod sql;
mod traps;
mod trigrams;
