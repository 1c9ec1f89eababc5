//! A name in the database is written between quotes.

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        key ID: i64 = "id";
        shared;
        NAME: String = "na\"me";
    }
}

fn main() {
    let _ = Customer::NAME;
}
