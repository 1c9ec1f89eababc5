//! What a counter has that is not so: [`Drift`].

use sea_query::{Expr, Func, Query};

use super::plan::Plan;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};

/// A parent whose kept values are not those that are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The parent's key, as text.
    pub key: String,
    /// The kept values, as a JSON object by the names of the annotations; `None` if the parent has no row.
    pub kept: Option<String>,
    /// Those that are counted; `None` if there is no such parent.
    pub counted: Option<String>,
}

const OUTPUTS: [(&str, bool); 3] = [("key", false), ("kept", true), ("counted", true)];

/// `SELECT key, kept, counted FROM drift(limit)`
pub(super) fn statement(plan: &Plan, limit: u32) -> Statement {
    let mut select = Query::select();
    for (name, _) in OUTPUTS {
        select.expr_as(Expr::cust(format!("found.pw_{name}")), name);
    }
    let call = Func::cust(plan.own("_drift")).arg(i64::from(limit));
    select.from_function(call, "found");
    let outputs = OUTPUTS.map(|(name, nullable)| OutputColumn {
        name: name.into(),
        data_type: DataType::Text,
        nullable,
    });
    Statement::new(select, outputs.into())
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl Drift {
    pub(super) fn of_answer(
        rows: &[crate::driver::wire::Row],
    ) -> Result<Vec<Self>, crate::error::Error> {
        let drift = rows.iter().map(|row| {
            Ok(Self {
                key: row.try_get(0)?,
                kept: row.try_get(1)?,
                counted: row.try_get(2)?,
            })
        });
        drift.collect()
    }
}
