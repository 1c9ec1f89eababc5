//! A plan as PostgreSQL tells it: [`Plan`] and its nodes.

/// A plan as `EXPLAIN` tells it: a tree of nodes, and what is said of the whole.
///
/// Made by [`Explain::run`](super::Explain::run), or by [`from_json`](Self::from_json) from an answer that a host got by
/// itself. `Display` writes the tree.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The node that gives the statement's rows.
    pub root: PlanNode,
    /// How long it took to plan, in milliseconds; with `ANALYZE` only.
    pub planning_milliseconds: Option<f64>,
    /// How long it took to run, in milliseconds; with `ANALYZE` only. What `EXPLAIN` itself costs is in it.
    pub execution_milliseconds: Option<f64>,
    /// How long machine code was made for, in milliseconds, if it was: a wrongly costed statement has more of it than of
    /// anything else.
    pub jit_milliseconds: Option<f64>,
    /// The settings that PostgreSQL plans by and that are not at their default, by name.
    pub settings: Vec<(String, String)>,
}

/// A node of a [`Plan`], with those below it.
///
/// What a node does not have is `None` or empty. Its type is a text, since PostgreSQL gets new ones.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct PlanNode {
    /// `Seq Scan`, `Index Only Scan`, `Nested Loop`, `Sort`, ...
    pub node_type: String,
    /// What it is to the node above it: `Outer`, `Inner`, `Member`, `InitPlan`, `SubPlan`, ...
    pub relationship: Option<String>,
    /// Which part of the statement it computes, if it is one for itself: `CTE page`, `SubPlan 1`.
    pub subplan: Option<String>,
    /// Of a join: `Inner`, `Left`, `Semi`, `Anti`, ...
    pub join_type: Option<String>,
    /// Of an aggregate or a set operation: `Sorted`, `Hashed`, `Plain`, `Mixed`.
    pub strategy: Option<String>,
    /// The schema of the table that it reads.
    pub schema: Option<String>,
    /// The table that it reads.
    pub relation: Option<String>,
    /// What the statement calls that.
    pub alias: Option<String>,
    /// The index that it reads.
    pub index: Option<String>,
    /// Whether it reads the index, or what is below it, from its end.
    pub is_backward: bool,
    /// The common table expression that it reads.
    pub cte: Option<String>,
    /// What it would cost to have its first row, by the planner's units.
    pub startup_cost: f64,
    /// What it would cost to have all of its rows.
    pub total_cost: f64,
    /// How many rows the planner expects it to give, each time that it runs.
    pub estimated_rows: f64,
    /// What it really did; with `ANALYZE` only.
    pub actual: Option<Actual>,
    /// What it, and all below it, touched; with `BUFFERS` only.
    pub buffers: Option<Buffers>,
    /// What its rows are found by in the index.
    pub index_condition: Option<String>,
    /// What is checked again of rows that were found by a bitmap.
    pub recheck_condition: Option<String>,
    /// What a join compares: `Hash Cond` or `Merge Cond`.
    pub join_condition: Option<String>,
    /// What is asked of each row after it was read.
    pub filter: Option<String>,
    /// What is asked of each pair of rows of a join.
    pub join_filter: Option<String>,
    /// How many rows the filter, and checking again, removed each time that it ran.
    pub rows_removed: f64,
    /// How many pairs of rows the join's filter removed each time that it ran.
    pub pairs_removed: f64,
    /// How many times it went down the index, over all runs; from PostgreSQL 18 on.
    pub index_searches: Option<f64>,
    /// How many rows of an `Index Only Scan` had to be looked up in the table after all, over all runs.
    pub heap_fetches: Option<f64>,
    /// What it groups by.
    pub group_keys: Vec<String>,
    /// What it sorts by.
    pub sort_keys: Vec<String>,
    /// How it sorted: once by each process that did, and by each way that an `Incremental Sort` took.
    pub sorts: Vec<Sort>,
    /// How many batches a hash table was split into, the most of any process; more than one were written to disk.
    pub hash_batches: Option<f64>,
    /// How many kilobytes an aggregate's hash table had on disk, the most of any process.
    pub hash_disk_kilobytes: Option<f64>,
    /// How many other processes were wanted.
    pub workers_planned: Option<u64>,
    /// How many other processes there were.
    pub workers_launched: Option<u64>,
    /// What each of them did, as far as it is told apart.
    pub workers: Vec<Worker>,
    /// The nodes that it takes its rows or values from.
    pub children: Vec<PlanNode>,
}

/// What a node really did.
///
/// Numbers are averages over the times that it ran, as PostgreSQL tells them; before PostgreSQL 18 they are rounded to whole
/// rows, so that a product with `loops` may be off by half a row for each. In a parallel part of a plan, each process counts
/// as a run of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Actual {
    /// How many rows it gave, each time.
    pub rows: f64,
    /// How many times it ran; 0 if it never did.
    pub loops: f64,
    /// When its first row was there, in milliseconds; `None` if times were not taken.
    pub startup_milliseconds: Option<f64>,
    /// When all of its rows were there.
    pub total_milliseconds: Option<f64>,
}

/// How many blocks were touched, in blocks of 8 kB, unless the server was built with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Buffers {
    /// Found in the cache.
    pub hit: u64,
    /// Asked of the operating system.
    pub read: u64,
    /// Changed: also by a statement that only reads, which leaves notes on rows that are settled.
    pub dirtied: u64,
    /// Written out to make room.
    pub written: u64,
    /// Of temporary tables: found in the cache or read.
    pub local: u64,
    /// Read from temporary files.
    pub temp_read: u64,
    /// Written to temporary files.
    pub temp_written: u64,
}

/// How a node sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sort {
    /// `quicksort`, `top-N heapsort`, `external merge`, ...
    pub method: String,
    /// How much it took, in kilobytes.
    pub kilobytes: u64,
    /// Whether that was on disk.
    pub is_on_disk: bool,
}

/// What another process did of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Worker {
    /// Which it is, from 0.
    pub number: u64,
    /// What it did of the node; `None` if that is not told apart.
    pub actual: Option<Actual>,
}

impl Buffers {
    /// Blocks that were looked at, in the cache or not.
    #[must_use]
    pub fn touched(&self) -> u64 {
        self.hit
            .saturating_add(self.read)
            .saturating_add(self.local)
    }
}
