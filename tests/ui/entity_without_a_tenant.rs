//! Whose the rows are is said, also if they are nobody's.

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        key ID: i64 = "id";
        NAME: String = "name";
    }
}

fn main() {}
