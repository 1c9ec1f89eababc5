//! What a statement costs, by the server's own account.

use std::error::Error;

use pagewise::Statement;
use pagewise::driver::postgres::Execute;
use postgres::Client;
use serde_json::Value;

/// What one run of a statement costs.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Milliseconds for making the plan.
    pub planning: f64,
    /// Milliseconds for running it.
    pub execution: f64,
    /// Pages of 8 kB that were touched, in the cache or not: the same on every machine.
    pub buffers: u64,
}

/// Runs the statement under `EXPLAIN`. Without the clock around each node (`TIMING OFF`), which would slow down
/// most what has most nodes.
pub fn explain(client: &mut Client, statement: &Statement) -> Result<Cost, Box<dyn Error>> {
    let text = format!(
        "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {}",
        statement.text()
    );
    let answer = Execute::run(client, &text, statement.parameters())?;
    let answer: Value = match answer.first() {
        Some(row) => row.try_get(0)?,
        None => Value::Null,
    };
    cost(&answer[0]).ok_or_else(|| "EXPLAIN does not say what the statement costs".into())
}

fn cost(answer: &Value) -> Option<Cost> {
    let plan = &answer["Plan"];
    Some(Cost {
        planning: answer["Planning Time"].as_f64()?,
        execution: answer["Execution Time"].as_f64()?,
        buffers: plan["Shared Hit Blocks"].as_u64()? + plan["Shared Read Blocks"].as_u64()?,
    })
}

/// The medians of several runs.
pub fn median(costs: &[Cost]) -> Cost {
    let middle = |of: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Cost {
        planning: middle(|cost| cost.planning),
        execution: middle(|cost| cost.execution),
        buffers: middle(|cost| cost.buffers as f64) as u64,
    }
}
