//! A column's type is one that PostgreSQL has.

struct Money;

pagewise::entity! {
    pub Invoice = "invoices" as "invoice" {
        key ID: i64 = "id";
        shared;
        AMOUNT: Money = "amount";
    }
}

fn main() {
    let _ = Invoice::AMOUNT.is_null();
}
