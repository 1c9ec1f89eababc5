//! Plans as text: a tree that is read from the top.

use std::fmt::{self, Write};

use super::model::{Plan, PlanNode};

/// Writes the node and all below it, each line further in than those above it.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        tree(self, 0, &mut lines)?;
        f.write_str(&lines.join("\n"))
    }
}

/// The lines of a node and all below it.
fn tree(node: &PlanNode, depth: usize, lines: &mut Vec<String>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let part = match &node.subplan {
        Some(part) => format!("{part}: "),
        None => String::new(),
    };
    lines.push(format!("{indent}{part}{}{}", Heading(node), numbers(node)?));
    let details = details(node);
    lines.extend(
        details
            .into_iter()
            .map(|detail| format!("{indent}  {detail}")),
    );
    node.children
        .iter()
        .try_for_each(|child| tree(child, depth + 1, lines))
}

/// What it is: `Index Scan using session_team_idx on experiments_experimentsession session`.
pub(super) struct Heading<'p>(pub &'p PlanNode);

impl fmt::Display for Heading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.0;
        match (
            node.node_type.as_str(),
            node.join_type.as_deref(),
            node.strategy.as_deref(),
        ) {
            (name, None | Some("Inner"), None | Some("Plain" | "Sorted")) => f.write_str(name)?,
            // As PostgreSQL's own text has it: Hash Right Join, Nested Loop Anti Join.
            (name, Some(join), _) => write!(f, "{} {join} Join", name.trim_end_matches(" Join"))?,
            (name, None, Some(strategy)) => write!(f, "{strategy} {name}")?,
        }
        if node.is_backward {
            f.write_str(" Backward")?;
        }
        if let Some(index) = &node.index {
            // The scan of a bitmap's index names no table.
            let word = if node.relation.is_some() {
                "using"
            } else {
                "on"
            };
            write!(f, " {word} {index}")?;
        }
        let what = node.relation.as_ref().or(node.cte.as_ref());
        if let Some(what) = what {
            write!(f, " on {what}")?;
        }
        match &node.alias {
            Some(alias) if what.is_none() => write!(f, " on {alias}"),
            Some(alias) if what != Some(alias) => write!(f, " {alias}"),
            _ => Ok(()),
        }
    }
}

/// What it did, or would do.
fn numbers(node: &PlanNode) -> Result<String, fmt::Error> {
    let expected = Rows(node.estimated_rows);
    let Some(actual) = node.actual else {
        return Ok(format!(" (expected {expected})"));
    };
    if node.is_never_run() {
        return Ok(" (never run)".to_owned());
    }
    let mut numbers = format!(" (rows {}, expected {expected}", Rows(actual.rows));
    if let Some(read) = node.rows_read().map(|read| read / actual.loops)
        && read != actual.rows
    {
        write!(numbers, ", read {}", Rows(read))?;
    }
    if actual.loops != 1.0 {
        write!(numbers, ", each of {} times", Rows(actual.loops))?;
    }
    if let Some(buffers) = &node.buffers {
        write!(numbers, ", buffers {}", buffers.touched())?;
        if buffers.temp_written > 0 {
            write!(numbers, ", {} written to disk", buffers.temp_written)?;
        }
    }
    numbers.push(')');
    Ok(numbers)
}

fn details(node: &PlanNode) -> Vec<String> {
    let text =
        |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name}: {text}"));
    let list = |name: &str, list: &[String]| {
        (!list.is_empty()).then(|| format!("{name}: {}", list.join(", ")))
    };
    let mut details: Vec<String> = [
        text("Index Cond", &node.index_condition),
        text("Recheck Cond", &node.recheck_condition),
        text("Join Cond", &node.join_condition),
        text("Join Filter", &node.join_filter),
        text("Filter", &node.filter),
        list("Group Key", &node.group_keys),
        list("Sort Key", &node.sort_keys),
    ]
    .into_iter()
    .flatten()
    .collect();
    details.extend(node.sorts.iter().map(|sort| {
        let place = if sort.is_on_disk {
            "on disk"
        } else {
            "in memory"
        };
        format!(
            "Sort Method: {}, {} kB {place}",
            sort.method, sort.kilobytes
        )
    }));
    if let Some(batches) = node.hash_batches.filter(|batches| *batches > 1.0) {
        details.push(format!("Batches: {}", Rows(batches)));
    }
    if let (Some(planned), Some(launched)) = (node.workers_planned, node.workers_launched) {
        details.push(format!("Workers: {launched} of {planned}"));
    }
    details
}

/// A number of rows, with a fraction where it is small enough to matter.
pub(super) struct Rows(pub f64);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            rows if rows.fract() == 0.0 || rows >= 100.0 => write!(f, "{rows:.0}"),
            rows => write!(f, "{rows:.2}"),
        }
    }
}
