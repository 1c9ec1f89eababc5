//! Rows have no tenant through a row that has none.

pagewise::entity! {
    pub Country = "countries" as "country" {
        key ID: i64 = "id";
        shared;
    }
}

pagewise::entity! {
    pub Customer = "customers" as "customer" {
        key ID: i64 = "id";
        tenant through COUNTRY_ID => Country;
        COUNTRY_ID: i64 = "country_id";
    }
}

fn main() {}
