//! Reads the answer to `EXPLAIN (FORMAT JSON)`.

use serde_json::{Map, Value};

use super::error::PlanError;
use super::model::{Actual, Buffers, Plan, PlanNode, Sort, Worker};

impl Plan {
    /// The plan that the answer to `EXPLAIN (FORMAT JSON)` holds, of any version of PostgreSQL from 13 on.
    ///
    /// What it does not know of is left out, and what is not there is `None`, or 0.
    ///
    /// # Errors
    ///
    /// [`PlanError::Unreadable`] if it is not such an answer.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::plan::Plan;
    ///
    /// let plan = Plan::from_json(
    ///     r#"[{"Plan": {"Node Type": "Seq Scan", "Relation Name": "chat_chat", "Alias": "chat",
    ///                   "Plan Rows": 90, "Filter": "(team_id = 7)",
    ///                   "Actual Rows": 89.00, "Actual Loops": 1, "Rows Removed by Filter": 11}}]"#,
    /// )?;
    /// assert_eq!(plan.rows_read(), Some(100.0));
    /// assert_eq!(
    ///     plan.to_string(),
    ///     "Seq Scan on chat_chat chat (rows 89, expected 90, read 100)\n  Filter: (team_id = 7)"
    /// );
    /// # Ok::<(), pagewise::plan::PlanError>(())
    /// ```
    pub fn from_json(json: &str) -> Result<Self, PlanError> {
        let answer: Value =
            serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))?;
        let whole = match &answer {
            Value::Array(statements) => statements.first().and_then(Value::as_object),
            whole => whole.as_object(),
        };
        let whole = whole.ok_or_else(|| unreadable("it is not a list of objects"))?;
        let root = whole.get("Plan").and_then(Value::as_object);
        let root = root.ok_or_else(|| unreadable("it has no \"Plan\""))?;
        let jit = whole.get("JIT").and_then(|jit| jit.get("Timing"));
        Ok(Self {
            root: node(root)?,
            planning_milliseconds: number(whole, "Planning Time"),
            execution_milliseconds: number(whole, "Execution Time"),
            jit_milliseconds: jit
                .and_then(Value::as_object)
                .and_then(|timing| number(timing, "Total")),
            settings: settings(whole),
        })
    }
}

fn unreadable(reason: impl Into<String>) -> PlanError {
    PlanError::Unreadable {
        reason: reason.into(),
    }
}

/// The depth is bounded: serde_json refuses what is nested deeper than 128 levels.
fn node(fields: &Map<String, Value>) -> Result<PlanNode, PlanError> {
    let node_type =
        text(fields, "Node Type").ok_or_else(|| unreadable("a node has no \"Node Type\""))?;
    let children = objects(fields, "Plans")
        .map(node)
        .collect::<Result<_, _>>()?;
    let workers = || objects(fields, "Workers");
    let most = |name| {
        let all = std::iter::once(fields).chain(workers());
        all.filter_map(|process| number(process, name))
            .reduce(f64::max)
    };
    Ok(PlanNode {
        node_type,
        relationship: text(fields, "Parent Relationship"),
        subplan: text(fields, "Subplan Name"),
        join_type: text(fields, "Join Type"),
        strategy: text(fields, "Strategy"),
        schema: text(fields, "Schema"),
        relation: text(fields, "Relation Name"),
        alias: text(fields, "Alias"),
        index: text(fields, "Index Name"),
        is_backward: text(fields, "Scan Direction")
            .is_some_and(|direction| direction == "Backward"),
        cte: text(fields, "CTE Name"),
        startup_cost: number(fields, "Startup Cost").unwrap_or_default(),
        total_cost: number(fields, "Total Cost").unwrap_or_default(),
        estimated_rows: number(fields, "Plan Rows").unwrap_or_default(),
        actual: actual(fields),
        buffers: buffers(fields),
        index_condition: text(fields, "Index Cond"),
        recheck_condition: text(fields, "Recheck Cond"),
        join_condition: text(fields, "Hash Cond").or_else(|| text(fields, "Merge Cond")),
        filter: text(fields, "Filter"),
        join_filter: text(fields, "Join Filter"),
        rows_removed: number(fields, "Rows Removed by Filter").unwrap_or_default()
            + number(fields, "Rows Removed by Index Recheck").unwrap_or_default(),
        pairs_removed: number(fields, "Rows Removed by Join Filter").unwrap_or_default(),
        index_searches: number(fields, "Index Searches"),
        heap_fetches: number(fields, "Heap Fetches"),
        group_keys: texts(fields, "Group Key"),
        sort_keys: texts(fields, "Sort Key"),
        sorts: std::iter::once(fields)
            .chain(workers())
            .flat_map(sorts)
            .collect(),
        hash_batches: most("Hash Batches").or_else(|| most("HashAgg Batches")),
        hash_disk_kilobytes: most("Disk Usage"),
        workers_planned: whole(fields, "Workers Planned"),
        workers_launched: whole(fields, "Workers Launched"),
        workers: workers().map(worker).collect(),
        children,
    })
}

fn actual(fields: &Map<String, Value>) -> Option<Actual> {
    Some(Actual {
        rows: number(fields, "Actual Rows")?,
        loops: number(fields, "Actual Loops")?,
        startup_milliseconds: number(fields, "Actual Startup Time"),
        total_milliseconds: number(fields, "Actual Total Time"),
    })
}

fn buffers(fields: &Map<String, Value>) -> Option<Buffers> {
    let blocks = |name| whole(fields, name).unwrap_or_default();
    fields.contains_key("Shared Hit Blocks").then(|| Buffers {
        hit: blocks("Shared Hit Blocks"),
        read: blocks("Shared Read Blocks"),
        dirtied: blocks("Shared Dirtied Blocks"),
        written: blocks("Shared Written Blocks"),
        local: blocks("Local Hit Blocks").saturating_add(blocks("Local Read Blocks")),
        temp_read: blocks("Temp Read Blocks"),
        temp_written: blocks("Temp Written Blocks"),
    })
}

/// How one process sorted: at once, or in groups of rows that are the same in the first keys.
fn sorts(fields: &Map<String, Value>) -> Vec<Sort> {
    let at_once = text(fields, "Sort Method").map(|method| Sort {
        method,
        kilobytes: whole(fields, "Sort Space Used").unwrap_or_default(),
        is_on_disk: text(fields, "Sort Space Type").is_some_and(|space| space == "Disk"),
    });
    let groups = ["Full-sort Groups", "Pre-sorted Groups"];
    let groups = groups
        .iter()
        .filter_map(|name| fields.get(*name)?.as_object());
    let in_groups = groups.flat_map(|groups| {
        let spaces = [("Sort Space Memory", false), ("Sort Space Disk", true)];
        spaces.into_iter().filter_map(move |(name, is_on_disk)| {
            let space = groups.get(name)?.as_object()?;
            Some(Sort {
                method: texts(groups, "Sort Methods Used").join(", "),
                kilobytes: whole(space, "Peak Sort Space Used").unwrap_or_default(),
                is_on_disk,
            })
        })
    });
    at_once.into_iter().chain(in_groups).collect()
}

fn worker(fields: &Map<String, Value>) -> Worker {
    Worker {
        number: whole(fields, "Worker Number").unwrap_or_default(),
        actual: actual(fields),
    }
}

fn settings(whole: &Map<String, Value>) -> Vec<(String, String)> {
    let settings = whole.get("Settings").and_then(Value::as_object);
    let settings = settings.into_iter().flatten();
    settings
        .map(|(name, value)| {
            (
                name.clone(),
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            )
        })
        .collect()
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().map(str::to_owned)
}

/// A number is never negative, and never more than any plan has.
fn number(fields: &Map<String, Value>, name: &str) -> Option<f64> {
    let number = fields.get(name)?.as_f64()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

fn whole(fields: &Map<String, Value>, name: &str) -> Option<u64> {
    fields.get(name)?.as_u64()
}

/// A list of texts; PostgreSQL writes a single one as such in some places.
fn texts(fields: &Map<String, Value>, name: &str) -> Vec<String> {
    match fields.get(name) {
        Some(Value::Array(texts)) => texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn objects<'f>(
    fields: &'f Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'f Map<String, Value>> {
    let objects = fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    objects.filter_map(Value::as_object)
}
