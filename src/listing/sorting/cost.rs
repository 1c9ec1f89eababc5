//! What each form of a computed order costs, by the catalog: [`Costs`].

use crate::annotation::{Aggregate, AnnotationNode, Computed};
use crate::catalog::Catalog;
use crate::expression::Node;
use crate::predicate::PredicateNode;
use crate::schema::{Definition, Hop, Tenancy, Tenant};
use crate::statistics::Statistics;

use super::walk::extreme;

/// What is done to one row, measured, in microseconds on one machine; only the ratios count.
const LOOK: f64 = 2.0;
/// A row that an index has found.
const FOUND: f64 = 0.7;
/// One that is in the index whole.
const IN_INDEX: f64 = 0.1;
/// A row of a table that is read from its beginning.
const READ: f64 = 0.1;
/// A row that is put into its group.
const PUT_INTO_GROUP: f64 = 0.15;
/// A related row that is walked.
const WALKED: f64 = 1.0;

/// How many related rows of one row are taken to be next to each other in time, at most: the messages of a conversation.
const NEXT_TO_EACH_OTHER: f64 = 16.0;

/// As much of another form's cost as a walk that did not fill the page may add to it.
const IN_VAIN: f64 = 0.15;

/// The fewest rows that a walk is worth while for.
const SHORTEST_WALK: u64 = 256;

/// What is known of the rows of a list, and of those that belong to them.
pub(super) struct Costs<'c> {
    pub catalog: &'c Catalog,
    pub tenant: Option<&'c Tenant>,
    /// How many rows are sorted.
    pub rows: Option<f64>,
    /// How much of the tenant's rows that is.
    pub share: f64,
}

/// What one form costs.
#[derive(Debug)]
pub(super) struct Cost {
    /// `None` where the statistics do not tell.
    pub microseconds: Option<f64>,
    /// The index that finds the related rows.
    pub index: Option<String>,
    /// The index that would.
    pub wants: Option<String>,
    /// Without an index each row reads a whole table.
    pub is_hopeless: bool,
}

impl Costs<'_> {
    fn statistics(&self) -> &Statistics {
        self.catalog.statistics()
    }

    fn tenant_column(definition: Definition) -> Option<&'static str> {
        match definition.tenancy {
            Tenancy::Column { name, .. } => Some(name),
            _ => None,
        }
    }

    /// How many rows a table has that are the tenant's, if it knows whose they are.
    fn related(&self, definition: Definition) -> Option<f64> {
        match (Self::tenant_column(definition), self.tenant) {
            (Some(_), Some(tenant)) => self.statistics().tenant_rows(definition, tenant),
            _ => self.statistics().rows(definition),
        }
    }

    /// How many related rows belong to one row.
    fn of_one(&self, hop: &Hop) -> Option<f64> {
        let all = self.statistics().rows(hop.definition)?;
        let values = self.statistics().distinct_values(hop.definition, hop.to)?;
        Some((all / values.max(1.0)).max(1.0))
    }

    /// A sub-select for each row.
    pub fn probe(&self, annotation: &AnnotationNode) -> Cost {
        let Some(hop) = annotation.path.hops.first() else {
            return Cost::unknown();
        };
        let table = hop.definition;
        let tenant = Self::tenant_column(table);
        let is_one_hop = annotation.path.hops.len() == 1;
        let name = |columns: &[&str]| format!("{} ({})", table.table, columns.join(", "));
        let with = |column: Option<&'static str>| {
            let columns = [Some(hop.to), tenant, column];
            columns.into_iter().flatten().collect::<Vec<_>>()
        };
        let mut wants = None;
        if let (true, Some((column, _))) = (is_one_hop, extreme(annotation)) {
            let ways = [
                vec![hop.to, column],
                with(Some(column)),
                [tenant, Some(hop.to), Some(column)].into_iter().flatten().collect(),
            ];
            let index = ways
                .iter()
                .find_map(|columns| self.catalog.index_with_prefix(table, columns, &[]));
            if let Some(index) = index {
                let fits = self.share_that_counts(hop, annotation).unwrap_or(1.0);
                let looked_at = FOUND / fits.max(0.01);
                let has_conditions = tenant.is_some() || fits < 1.0;
                return Cost {
                    microseconds: self
                        .rows
                        .map(|rows| rows * (LOOK + if has_conditions { looked_at } else { 0.0 })),
                    index: Some(index.name.clone()),
                    wants: None,
                    is_hopeless: false,
                };
            }
            wants = Some(name(&[hop.to, column]));
        }
        let of_one = self.of_one(hop).unwrap_or(1.0);
        let finds = [vec![hop.to], [tenant, Some(hop.to)].into_iter().flatten().collect()];
        let found = finds
            .iter()
            .find_map(|columns| self.catalog.index_with_prefix(table, columns, &[]));
        let needed = needed_columns(hop, annotation);
        let covering = needed.as_ref().and_then(|needed| {
            let mut columns = with(None);
            columns.extend(needed.iter().copied().filter(|name| *name != hop.to));
            columns.dedup();
            let covers = self.catalog.indexes_of(table).iter().find(|index| {
                let begins = |columns: &Vec<&str>| {
                    !columns.is_empty()
                        && columns.iter().zip(&index.keys).all(|(name, key)| key.column.as_deref() == Some(*name))
                        && index.keys.len() >= columns.len()
                };
                let has = |name: &&str| {
                    index.keys.iter().any(|key| key.column.as_deref() == Some(*name))
                        || index.included.iter().any(|column| column == *name)
                };
                index.is_valid
                    && index.predicate.is_none()
                    && index.method == "btree"
                    && finds.iter().any(begins)
                    && columns.iter().all(has)
            });
            if covers.is_none() && wants.is_none() {
                wants = Some(name(&columns));
            }
            covers
        });
        let further = annotation.path.hops.len().saturating_sub(1) as f64 * LOOK;
        let of_row = match (covering, found) {
            (Some(_), _) => LOOK + of_one * (IN_INDEX + further),
            (None, Some(_)) => LOOK + of_one * (FOUND + further),
            (None, None) => self.statistics().rows(table).unwrap_or(1e6) * READ,
        };
        Cost {
            microseconds: self.rows.map(|rows| rows * of_row),
            index: covering.or(found).map(|index| index.name.clone()),
            wants: match (covering, found) {
                (Some(_), _) => None,
                (None, Some(_)) => wants,
                (None, None) => wants.or_else(|| Some(name(&[hop.to]))),
            },
            is_hopeless: covering.or(found).is_none(),
        }
    }

    /// One pass over all related rows.
    pub fn grouped(&self, annotation: &AnnotationNode) -> Cost {
        let hops = annotation.path.hops.iter();
        let first = hops.clone().next();
        let further = hops.skip(1).count() as f64;
        let microseconds = first.and_then(|hop| {
            let all = self.statistics().rows(hop.definition)?;
            let related = self.related(hop.definition).unwrap_or(all);
            let read = f64::min(all * READ, related * FOUND);
            Some(read + related * (PUT_INTO_GROUP + further * READ * 4.0))
        });
        Cost {
            microseconds,
            index: None,
            wants: None,
            is_hopeless: false,
        }
    }

    /// How far the related rows are to be walked so that `wanted` rows are met, and by which index; why not, if it is not
    /// worth while. `otherwise`: what the other form costs.
    pub fn walk(
        &self,
        definition: Definition,
        annotation: &AnnotationNode,
        wanted: u64,
        limit: u32,
        otherwise: Option<f64>,
        has_depth: bool,
    ) -> Result<(u64, String), WalkRefused> {
        let ([hop], Some((column, _))) = (annotation.path.hops.as_slice(), extreme(annotation))
        else {
            return Err(WalkRefused::Impossible);
        };
        let table = hop.definition;
        let columns: Vec<_> = Self::tenant_column(table).into_iter().chain([column]).collect();
        let index = self.catalog.index_with_prefix(table, &columns, &[]);
        let Some(index) = index else {
            let wants = format!("{} ({})", table.table, columns.join(", "));
            return Err(WalkRefused::NoIndex(wants));
        };
        let by_row = self.catalog.index_with_prefix(definition, &[hop.from], &[]);
        let (Some(rows), Some(of_one), Some(otherwise), Some(_)) =
            (self.rows, self.of_one(hop), otherwise, by_row)
        else {
            return Err(WalkRefused::Unknown);
        };
        let counts = self.share_that_counts(hop, annotation).unwrap_or(1.0);
        let mut fits = self.share * counts;
        if Self::tenant_column(table).is_none()
            && let Some(tenant) = self.tenant
            && let (Some(own), Some(all)) = (
                self.statistics().tenant_rows(definition, tenant),
                self.statistics().rows(definition),
            )
        {
            // The rows of everybody are walked.
            fits *= (own / all).min(1.0);
        }
        let wanted = wanted as f64;
        if wanted * 2.0 > rows {
            return Err(WalkRefused::TooFar);
        }
        // As often as one draws from so many to have met so many different ones.
        let draws = rows * (rows / (rows - wanted)).ln();
        let expected = draws * of_one.min(NEXT_TO_EACH_OTHER) / fits.max(1e-6);
        let most = (otherwise * IN_VAIN / WALKED).min(f64::from(limit));
        if expected > most || most < SHORTEST_WALK as f64 {
            return Err(WalkRefused::TooFar);
        }
        // Few lengths, few texts.
        let mut length = SHORTEST_WALK;
        while (length as f64) < expected * 4.0 || has_depth {
            if (length * 2) as f64 > most {
                break;
            }
            length *= 2;
        }
        Ok((length, index.name.clone()))
    }

    /// The share of the related rows that count.
    fn share_that_counts(&self, hop: &Hop, annotation: &AnnotationNode) -> Option<f64> {
        let mut share = 1.0;
        for condition in hop.condition.iter().chain(&annotation.filter) {
            share *= self.statistics().selectivity(hop.definition, condition)?;
        }
        Some(share)
    }
}

/// Why related rows are not walked.
#[derive(Debug, PartialEq)]
pub(super) enum WalkRefused {
    /// The order is not that of one column of rows of one foreign key.
    Impossible,
    /// No index has the related rows in order; the one that would.
    NoIndex(String),
    /// Not known how far it would be.
    Unknown,
    /// It would be too far.
    TooFar,
}

impl Cost {
    fn unknown() -> Self {
        Self {
            microseconds: None,
            index: None,
            wants: None,
            is_hopeless: false,
        }
    }
}

/// The columns of the related rows that are read; `None` if they cannot all be told, or other tables are read.
fn needed_columns(hop: &Hop, annotation: &AnnotationNode) -> Option<Vec<&'static str>> {
    if annotation.path.hops.len() > 1 {
        return None;
    }
    let mut columns = vec![hop.to];
    match &annotation.computed {
        Computed::Aggregate(Aggregate::Count) => {}
        Computed::Aggregate(
            Aggregate::CountDistinct(node)
            | Aggregate::Min(node)
            | Aggregate::Max(node)
            | Aggregate::Average(node)
            | Aggregate::Sum { value: node, .. },
        ) => columns_of(node, &mut columns)?,
        _ => return None,
    }
    for condition in hop.condition.iter().chain(&annotation.filter) {
        columns_of_condition(condition, &mut columns)?;
    }
    Some(columns)
}

fn columns_of(node: &Node, columns: &mut Vec<&'static str>) -> Option<()> {
    let mut all = Some(());
    node.walk(&mut |node| match node {
        Node::Column(name) if !columns.contains(name) => columns.push(name),
        Node::Annotation(_) => all = None,
        _ => {}
    });
    all
}

fn columns_of_condition(condition: &PredicateNode, columns: &mut Vec<&'static str>) -> Option<()> {
    match condition {
        PredicateNode::Compare(left, _, right) => {
            columns_of(left, columns)?;
            columns_of(right, columns)
        }
        PredicateNode::IsNull { node, .. }
        | PredicateNode::AnyOf { node, .. }
        | PredicateNode::Like { node, .. }
        | PredicateNode::CompareArray { node, .. } => columns_of(node, columns),
        PredicateNode::All(all) | PredicateNode::Any(all) => all
            .iter()
            .try_for_each(|condition| columns_of_condition(condition, columns)),
        PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => {
            columns_of_condition(inner, columns)
        }
        PredicateNode::Exists { .. }
        | PredicateNode::Linked(..)
        | PredicateNode::OneOfRows { .. }
        | PredicateNode::InRows { .. } => None,
    }
}
