//! A link points at what is linked by its key.

use pagewise::Links;
use pagewise::chat::{Experiment, Participant, Session};

fn main() {
    let _ = Links::new(Experiment::sessions(), Session::STATUS, Participant);
}
