//! PostgreSQL has no `min(boolean)`.

use pagewise::chat::{Experiment, Session};

fn main() {
    let _ = Experiment::sessions().min(Session::SESSION_TOKEN_REQUIRED);
}
