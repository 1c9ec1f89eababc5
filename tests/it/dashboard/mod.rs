//! The dashboard, number by number: what it says of random rows, at places whose clocks are changed, is what plain loops
//! over the rows say.

mod data;
mod numbers;
mod oracle;
mod request;
mod traps;
