//! What a plan should be: [`Checks`].

use std::borrow::Cow;

use super::error::PlanError;
use super::failures::{FailedCheck, FailedChecks};
use super::model::{Plan, PlanNode};
use super::tree::Rows;

/// What a plan should be like, for a host's own tests.
///
/// All checks are made, and all that fail are told, each with the part of the plan that is at fault. Most ask what was really
/// read: they want a plan that was made with [`Explain::analyze`](super::Explain::analyze), and fail without.
///
/// Numbers of blocks hold for a version of PostgreSQL and its data: leave some room. Rows that are read for each that is
/// returned are steadier.
///
/// # Example
///
/// ```
/// use pagewise::plan::{Checks, Plan};
///
/// let plan = Plan::from_json(
///     r#"[{"Plan": {"Node Type": "Limit", "Plan Rows": 25, "Actual Rows": 25, "Actual Loops": 1, "Plans": [
///           {"Node Type": "Seq Scan", "Relation Name": "chat_chat", "Alias": "chat", "Plan Rows": 25,
///            "Actual Rows": 25, "Actual Loops": 1, "Rows Removed by Filter": 4000, "Filter": "(team_id = 7)"}]}}]"#,
/// )?;
/// let checks = Checks::new().no_sequential_scan_above(1_000).at_most_rows_read_per_row(200.0);
/// assert_eq!(
///     checks.check(&plan).unwrap_err().to_string(),
///     r#"the plan fails 1 check
/// * no sequential scan over more than 1000 rows: 4025 rows are read of "chat_chat"
///     in Limit
///     Seq Scan on chat_chat chat (rows 25, expected 25, read 4025)
///       Filter: (team_id = 7)"#
/// );
/// # Ok::<(), pagewise::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq)]
enum Check {
    UsesIndex(Cow<'static, str>),
    SequentialScan(u64),
    Buffers(u64),
    RowsRead(u64),
    RowsReadPerRow(f64),
    SortOnDisk,
    Disk,
    Sort(u64),
    NestedLoop(u64),
    Node(Cow<'static, str>, u64),
}

/// What a check found to be wrong, and the nodes at fault.
type Found<'p> = (String, Vec<&'p PlanNode>);

const NOT_RUN: &str =
    "it is not known, because the statement was not run: explain it with `.analyze()`";

impl Checks {
    /// No checks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Rows are found by the index of this name; it was used, not only planned for, if the statement was run.
    #[must_use]
    pub fn uses_index(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.with(Check::UsesIndex(name.into()))
    }

    /// No table is read from end to end if that is more than so many rows: those that a filter removes count, and so does
    /// each time. A small table is rightly read so.
    #[must_use]
    pub fn no_sequential_scan_above(self, rows: u64) -> Self {
        self.with(Check::SequentialScan(rows))
    }

    /// So many blocks are touched at most, in the cache or not.
    #[must_use]
    pub fn at_most_buffers(self, blocks: u64) -> Self {
        self.with(Check::Buffers(blocks))
    }

    /// So many rows of tables are read at most: [`Plan::rows_read`].
    #[must_use]
    pub fn at_most_rows_read(self, rows: u64) -> Self {
        self.with(Check::RowsRead(rows))
    }

    /// So many rows of tables are read at most for each row that the statement returns; if it returns none, in all.
    #[must_use]
    pub fn at_most_rows_read_per_row(self, rows: f64) -> Self {
        self.with(Check::RowsReadPerRow(rows))
    }

    /// No sort needs the disk.
    #[must_use]
    pub fn no_sort_on_disk(self) -> Self {
        self.with(Check::SortOnDisk)
    }

    /// Nothing needs the disk for what it cannot keep in memory: no sort, no hash table, no common table expression.
    #[must_use]
    pub fn no_temporary_files(self) -> Self {
        self.with(Check::Disk)
    }

    /// No sort takes more than so many rows, over all its runs. Without `ANALYZE`, by the planner's guess.
    #[must_use]
    pub fn no_sort_above(self, rows: u64) -> Self {
        self.with(Check::Sort(rows))
    }

    /// No nested loop looks for the rows of its inner side more than so many times. Without `ANALYZE`, by the planner's guess.
    #[must_use]
    pub fn no_nested_loop_above(self, times: u64) -> Self {
        self.with(Check::NestedLoop(times))
    }

    /// No node of this type, as [`PlanNode::node_type`] has it, gives more than so many rows, over all its runs. Without
    /// `ANALYZE`, by the planner's guess.
    #[must_use]
    pub fn no_node_above(self, node_type: impl Into<Cow<'static, str>>, rows: u64) -> Self {
        self.with(Check::Node(node_type.into(), rows))
    }

    /// Makes all checks.
    ///
    /// # Errors
    ///
    /// [`PlanError::Checks`] with all that failed.
    pub fn check(&self, plan: &Plan) -> Result<(), PlanError> {
        let failures = self.checks.iter().filter_map(|check| {
            let (found, nodes) = check.failure(plan)?;
            Some(FailedCheck::new(plan, check.words(), found, nodes))
        });
        let failures: Vec<_> = failures.collect();
        match failures.is_empty() {
            true => Ok(()),
            false => Err(FailedChecks {
                failures,
                plan: Box::new(plan.clone()),
            }
            .into()),
        }
    }

    /// Makes all checks, as an assertion of a test.
    ///
    /// # Panics
    ///
    /// If one fails, with what [`check`](Self::check) would say: that is what it is for.
    #[track_caller]
    pub fn assert(&self, plan: &Plan) {
        if let Err(failed) = self.check(plan) {
            panic!("{failed}");
        }
    }
}

impl Check {
    /// What is asked.
    fn words(&self) -> String {
        match self {
            Self::UsesIndex(name) => format!("uses the index {name:?}"),
            Self::SequentialScan(rows) => format!("no sequential scan over more than {rows} rows"),
            Self::Buffers(blocks) => format!("at most {blocks} buffers"),
            Self::RowsRead(rows) => format!("at most {rows} rows read"),
            Self::RowsReadPerRow(rows) => {
                format!("at most {} rows read for each returned", Rows(*rows))
            }
            Self::SortOnDisk => "no sort on disk".to_owned(),
            Self::Disk => "no temporary files".to_owned(),
            Self::Sort(rows) => format!("no sort of more than {rows} rows"),
            Self::NestedLoop(times) => format!("no nested loop of more than {times} times"),
            Self::Node(name, rows) => format!("no {name:?} of more than {rows} rows"),
        }
    }

    /// What is wrong with the plan; `None` if nothing is.
    fn failure<'p>(&self, plan: &'p Plan) -> Option<Found<'p>> {
        match self {
            Self::UsesIndex(name) => uses_index(plan, name),
            Self::SequentialScan(most) => sequential_scan(plan, *most),
            Self::Buffers(most) => match plan.buffers_touched() {
                Some(touched) => {
                    (touched > *most).then(|| (format!("there are {touched}"), Vec::new()))
                }
                None => Some(not_run()),
            },
            Self::RowsRead(most) => match plan.rows_read() {
                Some(read) => {
                    (read > *most as f64).then(|| (format!("there are {}", Rows(read)), Vec::new()))
                }
                None => Some(not_run()),
            },
            Self::RowsReadPerRow(most) => rows_read_per_row(plan, *most),
            Self::SortOnDisk => sort_on_disk(plan),
            Self::Disk => temporary_files(plan),
            Self::Sort(most) => {
                let is_sort = |node: &PlanNode| {
                    matches!(node.node_type.as_str(), "Sort" | "Incremental Sort")
                };
                let given = |node: &PlanNode| node.input().map_or(0.0, rows);
                let sorted = |node: &PlanNode| is_sort(node).then(|| given(node));
                above(plan, *most, sorted, "rows are sorted")
            }
            Self::NestedLoop(most) => above(plan, *most, PlanNode::inner_runs, "times"),
            Self::Node(name, most) => above(
                plan,
                *most,
                |node| (node.node_type == *name).then(|| rows(node)),
                "rows",
            ),
        }
    }
}

fn not_run<'p>() -> Found<'p> {
    (NOT_RUN.to_owned(), Vec::new())
}

/// How many rows a node gave, or would give.
fn rows(node: &PlanNode) -> f64 {
    node.rows().unwrap_or(node.estimated_rows)
}

/// The nodes of which a number is too large.
fn above<'p>(
    plan: &'p Plan,
    most: u64,
    number: impl Fn(&'p PlanNode) -> Option<f64>,
    of_what: &str,
) -> Option<Found<'p>> {
    let numbers = plan.nodes().filter_map(|node| Some((node, number(node)?)));
    let (nodes, numbers): (Vec<_>, Vec<_>) =
        numbers.filter(|(_, number)| *number > most as f64).unzip();
    let largest = numbers.into_iter().reduce(f64::max)?;
    let guess = match plan.root.actual {
        Some(_) => "",
        None => ", by the planner's guess",
    };
    Some((format!("{} {of_what}{guess}", Rows(largest)), nodes))
}

fn uses_index<'p>(plan: &'p Plan, name: &str) -> Option<Found<'p>> {
    let mut used = plan
        .nodes()
        .filter(|node| node.index.as_deref() == Some(name))
        .peekable();
    if used.peek().is_none() {
        return Some(("it is not in the plan".to_owned(), Vec::new()));
    }
    let nodes: Vec<_> = used.collect();
    nodes.iter().all(|node| node.is_never_run()).then(|| {
        (
            "it is in the plan, and was never looked at".to_owned(),
            nodes,
        )
    })
}

fn sequential_scan(plan: &Plan, most: u64) -> Option<Found<'_>> {
    let scans = || plan.nodes().filter(|node| node.node_type == "Seq Scan");
    if plan.root.actual.is_none() {
        // What is expected is what is left by its filter: the size of the table is not in the plan.
        let nodes: Vec<_> = scans().collect();
        return (!nodes.is_empty()).then(|| (format!("{NOT_RUN}; there is one"), nodes));
    }
    let read = |node: &PlanNode| node.rows_read().unwrap_or_default();
    let nodes: Vec<_> = scans().filter(|node| read(node) > most as f64).collect();
    let found = nodes.iter().map(|node| {
        format!(
            "{} rows are read of {:?}",
            Rows(read(node)),
            node.relation.as_deref().unwrap_or_default()
        )
    });
    let found = found.collect::<Vec<_>>().join(", ");
    (!nodes.is_empty()).then_some((found, nodes))
}

fn rows_read_per_row(plan: &Plan, most: f64) -> Option<Found<'_>> {
    let (Some(read), Some(returned)) = (plan.rows_read(), plan.rows()) else {
        return Some(not_run());
    };
    let each = read / returned.max(1.0);
    (each > most).then(|| {
        let found = format!(
            "{} rows are read for {} rows, {} for each",
            Rows(read),
            Rows(returned),
            Rows(each)
        );
        (found, Vec::new())
    })
}

fn sort_on_disk(plan: &Plan) -> Option<Found<'_>> {
    if plan.root.actual.is_none() {
        return Some(not_run());
    }
    let on_disk = |node: &&PlanNode| node.sorts.iter().any(|sort| sort.is_on_disk);
    let nodes: Vec<_> = plan.nodes().filter(on_disk).collect();
    let kilobytes = nodes
        .iter()
        .flat_map(|node| &node.sorts)
        .filter(|sort| sort.is_on_disk)
        .map(|sort| sort.kilobytes);
    let kilobytes: u64 = kilobytes.fold(0, u64::saturating_add);
    (!nodes.is_empty()).then(|| (format!("{kilobytes} kB are sorted on disk"), nodes))
}

fn temporary_files(plan: &Plan) -> Option<Found<'_>> {
    let Some(buffers) = plan.root.buffers else {
        return Some(not_run());
    };
    if buffers.temp_written == 0 {
        return None;
    }
    // What a node touched includes what those below it did.
    let written = |node: &PlanNode| node.buffers.map_or(0, |buffers| buffers.temp_written);
    let nodes = plan.nodes().filter(|node| {
        let below = node
            .children
            .iter()
            .map(written)
            .fold(0, u64::saturating_add);
        written(node) > below
    });
    Some((
        format!("{} blocks are written", buffers.temp_written),
        nodes.collect(),
    ))
}
