//! The first line says what the SQL calls a row.

pagewise::entity! {
    pub Customer = "customers" {
        key ID: i64 = "id";
        shared;
    }
}

fn main() {}
