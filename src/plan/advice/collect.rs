//! Which indexes conditions, orders and values of rows want: [`Wants`].

use super::want::{MOST_COLUMNS, Purpose, Want, tenant};
use crate::annotation::{AnnotationNode, Computed};
use crate::ddl::index::node::PartNode;
use crate::expression::Node;
use crate::listing::{extreme, needed};
use crate::order::{Direction, OrderNode};
use crate::predicate::{Comparison, Linked, PredicateNode};
use crate::render::RowsRead;
use crate::schema::{Definition, Hop, To};

/// The indexes that are wanted, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wants(pub Vec<Want>);

impl Wants {
    fn add(&mut self, mut want: Want) {
        let mut known = Vec::new();
        want.equal.retain(|name| {
            let is_new = !known.contains(name);
            known.push(*name);
            is_new
        });
        let most = MOST_COLUMNS.saturating_sub(want.then.len());
        want.equal.truncate(most);
        // The primary key's index has it.
        let is_key = want.equal.contains(&want.table.key) || want.width() == 0;
        let is_tenant_alone = want.then.is_empty() && want.equal.is_empty();
        if !is_key && !is_tenant_alone && !self.0.iter().any(|known| known.is_same(&want)) {
            self.0.push(want);
        }
    }

    /// Rows of a table: those that meet all conditions, in an order.
    pub fn rows(
        &mut self,
        table: Definition,
        filters: &[PredicateNode],
        order: Option<&OrderNode>,
    ) {
        let conditions = side_by_side(filters);
        let tenant: Vec<_> = tenant(table).into_iter().collect();
        let mut equal = tenant.clone();
        equal.extend(
            conditions
                .iter()
                .filter_map(|condition| equal_column(condition)),
        );
        let range = conditions
            .iter()
            .find_map(|condition| range_column(condition).filter(|name| !equal.contains(name)));
        let part = order.and_then(part);
        if let (Some(part), Some(order)) = (&part, order) {
            let all = [equal.clone(), tenant.clone()];
            // Without the conditions it serves those who say others.
            for equal in all.into_iter().filter(|equal| !is_in(&part.node, equal)) {
                let mut want = Want::new(table, equal, Purpose::Order);
                want.then.push(part.clone());
                want.is_nullable = order.nullable;
                self.add(want);
            }
        }
        let sorted_by = part.as_ref().map(|part| &part.node);
        if let Some(range) = range.filter(|range| sorted_by != Some(&Node::Column(range))) {
            let mut want = Want::new(table, equal.clone(), Purpose::Range);
            want.then
                .push(PartNode::new(Node::Column(range), Direction::Ascending));
            self.add(want);
        }
        for name in conditions
            .iter()
            .filter_map(|condition| one_of_column(condition))
        {
            let mut equal = tenant.clone();
            equal.push(name);
            self.add(Want::new(table, equal, Purpose::Values));
        }
        if part.is_none() && range.is_none() && !equal.is_empty() {
            self.add(Want::new(table, equal, Purpose::Values));
        }
        for condition in conditions {
            self.condition(table, condition);
        }
    }

    /// Rows over which numbers are computed.
    pub fn rows_of_set(&mut self, rows: &RowsRead) {
        self.rows(rows.definition, &rows.filters, None);
        for value in &rows.values {
            self.value(value, false);
        }
        let Some(required) = &rows.required else {
            return;
        };
        self.condition(rows.definition, &required.exists());
        // PostgreSQL may as well begin with these, and find the rows that they belong to.
        if let Some(last) = required.path.hops.last() {
            let conditions: Vec<_> = last
                .condition
                .iter()
                .chain(&required.filter)
                .cloned()
                .collect();
            self.rows(last.definition, &conditions, None);
        }
    }

    /// The rows that a condition on a row of the table looks at.
    pub fn condition(&mut self, table: Definition, condition: &PredicateNode) {
        match condition {
            PredicateNode::All(all) | PredicateNode::Any(all) => {
                all.iter()
                    .for_each(|condition| self.condition(table, condition));
            }
            PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => {
                self.condition(table, inner)
            }
            PredicateNode::Exists { path, filter, .. } => {
                self.path(&path.hops, filter.as_deref(), None)
            }
            PredicateNode::OneOfRows { path, filter, .. } => {
                if let Some((first, rest)) = path.hops.split_first() {
                    self.by_column(table, first.from, Purpose::Values);
                    let target = [
                        first.condition.clone(),
                        rest.is_empty().then(|| filter.as_ref().clone()),
                    ];
                    let target: Vec<_> = target.into_iter().flatten().collect();
                    self.rows(first.definition, &target, None);
                    self.path(rest, Some(filter), None);
                }
            }
            PredicateNode::InRows { node, values, .. } => {
                if let Node::Column(name) = node {
                    self.by_column(table, name, Purpose::Values);
                }
                self.rows(values.rows.definition, &values.rows.filters, None);
                if let Some(required) = &values.rows.required {
                    self.condition(values.rows.definition, &required.exists());
                }
            }
            PredicateNode::Linked(linked, _) => self.linked(table, linked),
            PredicateNode::Compare(left, _, right) => {
                self.value(left, false);
                self.value(right, false);
            }
            PredicateNode::IsNull { node, .. }
            | PredicateNode::AnyOf { node, .. }
            | PredicateNode::Like { node, .. }
            | PredicateNode::CompareArray { node, .. } => self.value(node, false),
        }
    }

    fn by_column(&mut self, table: Definition, name: &'static str, purpose: Purpose) {
        let mut equal: Vec<_> = tenant(table).into_iter().collect();
        equal.push(name);
        self.add(Want::new(table, equal, purpose));
    }

    /// Found from the row, and from what is linked.
    fn linked(&mut self, table: Definition, linked: &Linked) {
        for way in &linked.ways {
            self.path(&way.hops, None, None);
            let Some(link) = way.hops.last() else {
                continue;
            };
            let mut equal = vec![linked.from];
            equal.extend(
                link.condition
                    .iter()
                    .flat_map(|condition| side_by_side(std::slice::from_ref(condition)))
                    .filter_map(equal_column),
            );
            equal.extend(link.to.column());
            self.add(Want::new(link.definition, equal, Purpose::Links));
            if let Some(first) = way.hops.first() {
                self.by_column(table, first.from, Purpose::Values);
            }
        }
        if linked.by != linked.target.key {
            self.by_column(linked.target, linked.by, Purpose::Values);
        }
    }

    /// A value of a row, and, if it is `sorted`, of all rows.
    pub fn value(&mut self, node: &Node, sorted: bool) {
        node.walk(&mut |node| {
            if let Node::Annotation(annotation) = node {
                self.annotation(annotation, sorted);
            }
        });
    }

    fn annotation(&mut self, annotation: &AnnotationNode, sorted: bool) {
        let hops = &annotation.path.hops;
        self.path(
            hops,
            annotation.filter.as_ref(),
            needed(annotation).as_deref(),
        );
        let Some((last, to)) = hops.last().and_then(|hop| Some((hop, hop.to.column()?))) else {
            return;
        };
        let one = match (&annotation.computed, extreme(annotation)) {
            // The least and the largest are at the two ends of one index.
            (_, Some((column, _))) => {
                Some(PartNode::new(Node::Column(column), Direction::Ascending))
            }
            (Computed::First { order, .. }, None) => order.first().and_then(part),
            (Computed::OverTime(over), None) => match over.instant {
                Node::Column(name) => Some(PartNode::new(Node::Column(name), Direction::Ascending)),
                _ => None,
            },
            _ => None,
        };
        let Some(one) = one.filter(|_| !last.to_one) else {
            return;
        };
        let mut of_row = Want::new(last.definition, vec![to], Purpose::Related);
        of_row.then.push(one.clone());
        self.add(of_row);
        if sorted && hops.len() == 1 && extreme(annotation).is_some() {
            let mut walk = Want::new(
                last.definition,
                tenant(last.definition).into_iter().collect(),
                Purpose::Walk,
            );
            walk.then.push(one);
            self.add(walk);
        }
    }

    /// The rows of a path, found from one to the next; of the last, `needed` is all that is read.
    fn path(
        &mut self,
        hops: &[Hop],
        filter: Option<&PredicateNode>,
        needed: Option<&[&'static str]>,
    ) {
        for (at, hop) in hops.iter().enumerate() {
            let filter = filter.filter(|_| at + 1 == hops.len());
            let table = hop.definition;
            for condition in hop.condition.iter().chain(filter) {
                self.condition(table, condition);
            }
            if hop.to_one {
                continue;
            }
            let columns = match hop.to {
                To::Column(column) => vec![column],
                To::Either(column, other) => vec![column, other],
            };
            for column in &columns {
                self.add(Want::new(table, vec![column], Purpose::Related));
            }
            let conditions = hop
                .condition
                .iter()
                .chain(filter)
                .flat_map(|condition| side_by_side(std::slice::from_ref(condition)));
            let tested = conditions.filter_map(|condition| {
                equal_column(condition).or_else(|| range_column(condition))
            });
            let tested: Vec<_> = match needed {
                Some(needed) => needed.to_vec(),
                None => tested.collect(),
            };
            if let ([column], false) = (columns.as_slice(), tested.is_empty()) {
                let mut whole = vec![*column];
                whole.extend(tenant(table));
                whole.extend(tested);
                whole.dedup();
                if whole.len() <= MOST_COLUMNS {
                    self.add(Want::new(table, whole, Purpose::RelatedWhole));
                }
            }
        }
    }
}

/// All conditions that must be met.
fn side_by_side(filters: &[PredicateNode]) -> Vec<&PredicateNode> {
    let mut all = Vec::new();
    let mut left: Vec<_> = filters.iter().rev().collect();
    while let Some(condition) = left.pop() {
        match condition {
            PredicateNode::All(inner) => left.extend(inner.iter().rev()),
            condition => all.push(condition),
        }
    }
    all
}

/// The column that has one value.
fn equal_column(condition: &PredicateNode) -> Option<&'static str> {
    match condition {
        PredicateNode::Compare(Node::Column(name), Comparison::Equal, value) if is_value(value) => {
            Some(name)
        }
        _ => None,
    }
}

/// The column that has one of some values.
fn one_of_column(condition: &PredicateNode) -> Option<&'static str> {
    match condition {
        PredicateNode::AnyOf {
            node: Node::Column(name),
            negated: false,
            ..
        } => Some(name),
        _ => None,
    }
}

/// The column that is bounded.
fn range_column(condition: &PredicateNode) -> Option<&'static str> {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    match condition {
        PredicateNode::Compare(
            Node::Column(name),
            Less | LessOrEqual | Greater | GreaterOrEqual,
            value,
        ) if is_value(value) => Some(name),
        _ => None,
    }
}

fn is_value(node: &Node) -> bool {
    matches!(
        node,
        Node::Value(_) | Node::NamedValue(_) | Node::Constant(_)
    )
}

fn is_in(node: &Node, columns: &[&str]) -> bool {
    matches!(node, Node::Column(name) if columns.contains(name))
}

/// The key that has rows in an order; `None` of what an index cannot have, or not of all requests.
fn part(order: &OrderNode) -> Option<PartNode> {
    let mut part = PartNode::new(order.node.clone(), order.direction);
    part.nulls = order.nulls;
    is_of_columns(&order.node).then_some(part)
}

/// Made of the row's columns alone, by what gives the same for ever.
fn is_of_columns(node: &Node) -> bool {
    match node {
        Node::Column(_) => true,
        Node::Function("coalesce" | "lower" | "upper", arguments) => {
            arguments.iter().all(is_of_columns)
        }
        _ => false,
    }
}
