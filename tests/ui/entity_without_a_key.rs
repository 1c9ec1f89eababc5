//! The order of a list ends with the key.

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        tenant SHOP_ID: i64 = "shop_id";
        NAME: String = "name";
    }
}

fn main() {}
