//! So is the name of a table.

pagewise::entity! {
    pub Customer = "cust\"omers" as "customer" {
        key ID: i64 = "id";
        shared;
    }
}

fn main() {
    let _ = pagewise::Listing::of(Customer).page(pagewise::Page::first(1)).build();
}
