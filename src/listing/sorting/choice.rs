//! The choice between the forms of a computed order.

use std::sync::Arc;

use super::cost::{Cost, Costs};
use super::form::OrderForm;
use super::plan::{Sorting, Walk};
use super::walk::extreme;
use super::walk_length::{WalkRefused, Wanted, walked_by};
use crate::annotation::{AnnotationNode, Values};
use crate::catalog::Catalog;
use crate::expression::Node;
use crate::listing::outputs::shares_pass;
use crate::listing::selection::Shown;
use crate::order::{Nulls, OrderNode};
use crate::predicate::PredicateNode;
use crate::schema::{Definition, Tenancy, Tenant};

/// What the choice depends on.
pub(in crate::listing) struct Circumstances<'c> {
    pub definition: Definition,
    pub tenant: Option<&'c Tenant>,
    pub catalog: Option<&'c Catalog>,
    pub filters: &'c [PredicateNode],
    /// The sort keys in the direction in which the page is read.
    pub orders: &'c [OrderNode],
    pub shown: &'c [Shown],
    pub form: OrderForm,
    pub walk_limit: u32,
    /// How many rows the page has.
    pub size: u64,
    /// How many rows are wanted: those of the page, and those before it.
    pub wanted: u64,
    /// Rows are dropped before the page.
    pub has_offset: bool,
    /// The page begins at a cursor, and whether its first value is NULL.
    pub cursor: Option<bool>,
    /// All conditions stand beside each other.
    pub is_flat: bool,
    /// Rows are found by what links to them.
    pub have_driver: bool,
}

const PROBE: &str = "a sub-select for each row";
const GROUPED: &str = "one pass over all related rows, grouped and joined";
const ASKED: &str = "asked for";
const NO_PASS: &str = "no pass gives it: it is made for each row";
const NO_CATALOG: &str = "no catalog was given";

/// How the sort keys are found.
pub(in crate::listing) fn choose(circumstances: &Circumstances<'_>) -> Sorting {
    let mut sorting = Sorting::default();
    if let Some(leading) = circumstances.orders.first() {
        match &leading.node {
            Node::Kept(kept) if kept.side.is_some() => {
                circumstances.by_kept(leading, kept, &mut sorting);
            }
            node if node.is_plain() => circumstances.by_plain(leading, &mut sorting),
            _ => {}
        }
    }
    let mut values = Values::default();
    for order in circumstances.orders {
        order.node.walk(&mut |node| {
            if let Node::Annotation(annotation) = node {
                values.add(annotation);
            }
        });
    }
    let values: Vec<_> = values.into_iter().collect();
    let mut choices: Vec<_> = values
        .iter()
        .map(|value| circumstances.probe_or_grouped(value))
        .collect();
    for (value, choice) in values.iter().zip(&choices) {
        if choice.is_grouped {
            sorting.grouped.push(Arc::clone(value));
        }
    }
    for (value, choice) in values.iter().zip(&mut choices) {
        let mut passes = sorting.grouped.iter();
        if !choice.is_grouped
            && let Some(pass) = passes.find(|pass| value.is_of_pass(pass))
        {
            choice.is_grouped = true;
            choice.index = None;
            choice.reason = format!("the pass that gives {} gives it, too", pass.name);
        }
    }
    for (value, choice) in values.iter().zip(choices) {
        circumstances.by_computed(value, choice, &mut sorting);
    }
    circumstances.shown_at_once(&mut sorting);
    sorting
}

/// A form, and why.
struct Choice {
    is_grouped: bool,
    reason: String,
    index: Option<String>,
    wants: Option<String>,
    /// What it costs, in microseconds.
    cost: Option<f64>,
}

impl Circumstances<'_> {
    fn costs<'c>(&'c self, catalog: &'c Catalog) -> Costs<'c> {
        let statistics = catalog.statistics();
        let shares = self
            .filters
            .iter()
            .filter_map(|filter| statistics.selectivity(self.definition, filter));
        let share = shares.product::<f64>();
        let all = match self.tenant {
            Some(tenant) => statistics.tenant_rows(self.definition, tenant),
            None => statistics.rows(self.definition),
        };
        Costs {
            catalog,
            tenant: self.tenant,
            all_rows: all,
            rows: all.map(|rows| (rows * share).max(1.0)),
            share,
        }
    }

    /// By a value that is computed from other rows.
    fn by_computed(&self, value: &Arc<AnnotationNode>, choice: Choice, sorting: &mut Sorting) {
        // One row that is pointed at: joined.
        if matches!(value.computed, crate::annotation::Computed::Related(_)) {
            return;
        }
        let subject = format!("order by {}", value.name);
        let walk = self.walk(value, choice.cost);
        let decision = if choice.is_grouped { GROUPED } else { PROBE };
        match walk {
            Ok((walk, index, reason)) => {
                let decision = format!("down {} related rows, then {decision}", walk.rows);
                sorting.walk = Some(walk);
                let report = &mut sorting.report;
                report.add_with_index(subject, decision, reason, index, None);
            }
            Err(refused) => {
                let mut reason = choice.reason;
                let mut wants = choice.wants;
                match refused {
                    Some(WalkRefused::Impossible) if self.form == OrderForm::Walk => {
                        reason = "related rows cannot be walked in this order".to_owned();
                    }
                    Some(WalkRefused::NoIndex(index)) => wants = wants.or(Some(index)),
                    _ => {}
                }
                let report = &mut sorting.report;
                report.add_with_index(subject, decision, reason, choice.index, wants);
            }
        }
    }

    /// What is shown and would be computed in the same pass.
    fn shared<'v>(&'v self, value: &'v AnnotationNode) -> impl Iterator<Item = &'v AnnotationNode> {
        let shown = self.shown.iter().filter_map(|shown| match &shown.node {
            Node::Annotation(shown) => Some(shown.as_ref()),
            _ => None,
        });
        shown.filter(|shown| !shown.is_same_value(value) && shares_pass(shown, value))
    }

    /// What is shown and computed from many rows for each row of the page: all of these are better read in one pass.
    fn shown_at_once(&self, sorting: &mut Sorting) {
        let Some(catalog) = self.catalog else {
            return;
        };
        let costs = self.costs(catalog);
        for shown in self.shown {
            let Node::Annotation(value) = &shown.node else {
                continue;
            };
            // The page has it before.
            let is_sorted_by = self
                .orders
                .iter()
                .any(|order| order.node.is_same_value(&shown.node));
            let is_walked = sorting.walk.is_some();
            let mut passes = sorting.grouped.iter().filter(|_| !is_walked);
            if is_sorted_by || passes.any(|pass| shares_pass(value, pass)) {
                continue;
            }
            if let Some((many, wants)) = costs.of_many(value) {
                let reason = format!("about {many:.0} rows belong to one, by statistics");
                let report = &mut sorting.report;
                report.add_with_index(
                    format!("show {}", shown.name),
                    "one pass for all rows of the page",
                    reason,
                    None,
                    wants,
                );
                sorting.shown_at_once.push(Arc::clone(value));
            }
        }
    }

    fn probe_or_grouped(&self, value: &AnnotationNode) -> Choice {
        let costs = self.catalog.map(|catalog| self.costs(catalog));
        let (probe, grouped) = match &costs {
            Some(costs) => (costs.probe(value), costs.grouped(value)),
            None => (Cost::default(), Cost::default()),
        };
        let choice = |is_grouped: bool, reason: String| Choice {
            is_grouped,
            reason,
            index: if is_grouped {
                None
            } else {
                probe.index.clone()
            },
            wants: probe.wants.clone(),
            cost: if is_grouped {
                grouped.microseconds
            } else {
                probe.microseconds
            },
        };
        let is_possible = value.is_groupable();
        match self.form {
            OrderForm::Probe => return choice(false, ASKED.to_owned()),
            OrderForm::Grouped if is_possible => return choice(true, ASKED.to_owned()),
            OrderForm::Grouped => {
                return choice(false, NO_PASS.to_owned());
            }
            OrderForm::Chosen | OrderForm::Walk => {}
        }
        if self.catalog.is_none() {
            // See `Cost::may_mislead`: one pass is bounded by the tenant's rows, whatever the indexes.
            return choice(is_possible && may_mislead(value), NO_CATALOG.to_owned());
        }
        if !is_possible {
            return choice(false, NO_PASS.to_owned());
        }
        // What is shown of the same rows is there already after a pass.
        let shared: Vec<_> = self.shared(value).collect();
        let beside = costs
            .as_ref()
            .map_or(0.0, |costs| costs.shown(&shared, self.size));
        let by_row = probe.microseconds.map(|cost| cost + beside);
        match (by_row, grouped.microseconds) {
            _ if probe.may_mislead => choice(
                true,
                "no index is known to have the rows of one in this order".to_owned(),
            ),
            _ if probe.is_hopeless => choice(true, "no index finds the rows of one".to_owned()),
            (Some(by_row), Some(at_once)) => {
                let milliseconds = |cost: f64| format!("{:.0}", (cost / 1000.0).max(1.0));
                let reason = format!(
                    "about {} against {} for the other, by statistics",
                    milliseconds(f64::min(by_row, at_once)),
                    milliseconds(f64::max(by_row, at_once)),
                );
                choice(at_once < by_row, reason)
            }
            _ => choice(
                false,
                "nothing is known of how many rows there are".to_owned(),
            ),
        }
    }

    /// The walk, the index that it goes by, and why; why not, if it is not worth while.
    fn walk(
        &self,
        value: &Arc<AnnotationNode>,
        otherwise: Option<f64>,
    ) -> Result<(Walk, Option<String>, String), Option<WalkRefused>> {
        let is_leading = |order: &OrderNode| match &order.node {
            Node::Annotation(annotation) => annotation.is_same_value(value),
            _ => false,
        };
        let (Some(leading), false) = (self.orders.first(), self.have_driver) else {
            return Err(None);
        };
        let [hop] = value.path.hops.as_slice() else {
            return Err(Some(WalkRefused::Impossible));
        };
        let Some((column, direction)) = extreme(value) else {
            return Err(Some(WalkRefused::Impossible));
        };
        let fits = is_leading(leading)
            && leading.direction == direction
            && leading.nulls == Nulls::Last
            && self.cursor != Some(true)
            && self.orders[1..].iter().all(|order| order.node.is_plain());
        if !fits {
            return Err(Some(WalkRefused::Impossible));
        }
        let Some(to) = hop.to.column() else {
            return Err(Some(WalkRefused::Impossible));
        };
        let by_row = self.catalog.is_none_or(|catalog| {
            let index = catalog.index_with_prefix(hop.definition, &[to, column], &[]);
            index.is_some()
        });
        let from_cursor = self.cursor.is_some() && by_row;
        let walk = |rows, nulls| Walk {
            annotation: Arc::clone(value),
            rows,
            nulls,
            from_cursor,
        };
        match (self.form, self.catalog) {
            (OrderForm::Walk, known) => {
                let fit = known.and_then(|catalog| walked_by(catalog, hop, column, direction));
                let nulls = fit.map_or(direction.default_nulls(), |fit| fit.nulls);
                let walk = walk(self.walk_limit.into(), nulls);
                let index = fit.map(|fit| fit.index.name.clone());
                Ok((walk, index, ASKED.to_owned()))
            }
            (OrderForm::Chosen, Some(catalog)) => {
                let wanted = Wanted {
                    definition: self.definition,
                    rows: self.wanted,
                    limit: self.walk_limit,
                    otherwise,
                    may_be_deep: self.cursor.is_some() && !from_cursor,
                };
                let costs = self.costs(catalog);
                let (rows, fit) = costs.walk(value, wanted)?;
                let reason = "the page is likely to be full by then, by statistics".to_owned();
                let index = Some(fit.index.name.clone());
                Ok((walk(rows, fit.nulls), index, reason))
            }
            _ => Err(None),
        }
    }
}

/// Whether the tenant's rows may be in the order of a largest or least value by an index, and those of one row not.
fn may_mislead(value: &AnnotationNode) -> bool {
    let [hop] = value.path.hops.as_slice() else {
        return false;
    };
    extreme(value).is_some() && matches!(hop.definition.tenancy, Tenancy::Column { .. })
}
