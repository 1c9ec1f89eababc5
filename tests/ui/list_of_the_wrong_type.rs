//! Nor with several.

use pagewise::chat::Session;

fn main() {
    let _ = Session::STATUS.any_of([1, 2]);
}
