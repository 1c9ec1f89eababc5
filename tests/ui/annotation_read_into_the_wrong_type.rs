//! The type of an annotation is the type of what is read by it.

use pagewise::chat::Session;
use pagewise::driver::Row;

fn read(row: &Row<Session>) -> Option<i32> {
    let count: i32 = row.get(Session::messages().count()).ok()?;
    Some(count)
}

fn main() {}
