//! What is linked is looked for by its own columns.

use pagewise::Links;
use pagewise::chat::{Experiment, Participant, Session};

fn main() {
    let participants = Links::new(
        Experiment::sessions(),
        Session::PARTICIPANT_ID,
        Participant,
    );
    let _ = participants.any_of(Session::PLATFORM, ["web"]);
}
