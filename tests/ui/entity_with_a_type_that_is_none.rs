//! A column's type is one that PostgreSQL has.

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        key ID: u64 = "id";
        shared;
    }
}

fn main() {}
