//! A column needs its name in the database.

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        NAME: String = "name";
        EMAIL: String;
    }
}

fn main() {}
