//! Rows are those of an entity.

struct Customer;

fn main() {
    let _ = pagewise::Listing::of(Customer);
}
