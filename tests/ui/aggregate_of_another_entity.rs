//! What is aggregated are the related rows.

use pagewise::chat::Session;

fn main() {
    let _ = Session::messages().max(Session::CREATED_AT);
}
