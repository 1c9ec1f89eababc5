//! What each form of a computed order costs, by the catalog: [`Costs`].

use super::columns;
use super::walk::extreme;
use crate::annotation::{AnnotationNode, Computed};
use crate::catalog::{Catalog, Index};
use crate::schema::{Definition, Hop, Tenancy, Tenant};
use crate::statistics::Statistics;

/// What is done to one row, measured, in microseconds on one machine; only the ratios count.
const LOOK: f64 = 2.0;
/// A row that an index has found, beside the one before.
const FOUND: f64 = 0.4;
/// One that lies anywhere.
const FOUND_ANYWHERE: f64 = 1.1;
/// One that is in the index whole.
const IN_INDEX: f64 = 0.1;
/// A row of a table that is read from its beginning.
const READ: f64 = 0.1;
/// A row that is put into its group.
const PUT_INTO_GROUP: f64 = 0.3;
/// A row that is put into order for distinct values: among those of one row, and among those of all.
const SORTED: f64 = 0.3;
const SORTED_OF_ALL: f64 = 1.0;
/// A row of which another table says whose it is.
const TIED: f64 = 0.25;
/// How many times as much belongs to rows that come first.
const BUSY: f64 = 2.0;
/// A row that is joined to another table as a whole.
const JOINED: f64 = 0.4;
/// As many related rows of one row as are better read in the order of their table, with those of others.
const A_LOT: f64 = 100.0;
/// As many rows as a table is taken to have of which nothing is known.
const MANY: f64 = 1e6;

/// What is known of the rows of a list, and of those that belong to them.
pub(super) struct Costs<'c> {
    pub catalog: &'c Catalog,
    pub tenant: Option<&'c Tenant>,
    /// How many rows the tenant has.
    pub all_rows: Option<f64>,
    /// How many rows are sorted.
    pub rows: Option<f64>,
    /// How much of the tenant's rows that is.
    pub share: f64,
}

/// What one form costs.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// Of one row, if rows are looked at one by one.
    pub of_row: Option<f64>,
    /// `None` where the statistics do not tell.
    pub microseconds: Option<f64>,
    /// The index that finds the related rows.
    pub index: Option<String>,
    /// The index that would.
    pub wants: Option<String>,
    /// Without an index each row reads a whole table.
    pub is_hopeless: bool,
    /// A largest or least value of one row, of which no index tells. PostgreSQL may then go down an index that has those of
    /// all of the tenant's rows, until it comes upon one that belongs to the row: for each row as far as that is.
    pub may_mislead: bool,
}

impl Costs<'_> {
    pub fn statistics(&self) -> &Statistics {
        self.catalog.statistics()
    }

    pub fn tenant_column(definition: Definition) -> Option<&'static str> {
        match definition.tenancy {
            Tenancy::Column { name, .. } => Some(name),
            _ => None,
        }
    }

    /// How many rows a table has that are the tenant's.
    fn related(&self, definition: Definition) -> Option<f64> {
        match self.tenant {
            Some(tenant) => self.statistics().tenant_rows(definition, tenant),
            None => self.statistics().rows(definition),
        }
    }

    /// How many related rows belong to one row: on the average of everybody's; not more than the tenant's are for the rows that
    /// are sorted, since PostgreSQL often takes values to be fewer than they are; and not less than they are for all.
    pub fn of_one(&self, hop: &Hop) -> Option<f64> {
        let all = self.statistics().rows(hop.definition)?;
        let values = self
            .statistics()
            .distinct_values(hop.definition, hop.to.column()?)?;
        let of_everybody = all / values.max(1.0);
        let related = self.related(hop.definition);
        let for_each = |rows: Option<f64>| Some(related? / rows?.max(1.0));
        let most = for_each(self.rows).unwrap_or(f64::INFINITY);
        let least = for_each(self.all_rows).unwrap_or(0.0);
        Some(of_everybody.min(most).max(least).max(1.0))
    }

    /// What it costs to show values beside one that the rows are sorted by, for so many rows of the page.
    pub fn shown(&self, shown: &[&AnnotationNode], rows: u64) -> f64 {
        let of_row = shown.iter().filter_map(|value| self.probe(value).of_row);
        let rows = self.rows.map_or(rows as f64, |all| all.min(rows as f64));
        of_row.fold(0.0, f64::max) * rows * BUSY
    }

    /// How many related rows a shown value is computed of for each row, if they are many and have to be read; and the index
    /// that would have them.
    pub fn of_many(&self, annotation: &AnnotationNode) -> Option<(f64, Option<String>)> {
        let [hop] = annotation.path.hops.as_slice() else {
            return None;
        };
        // What cannot be read so is read for each row all the same.
        if !matches!(annotation.computed, Computed::Aggregate(_))
            || annotation.except.is_some()
            || matches!(hop.definition.tenancy, Tenancy::Through { .. })
        {
            return None;
        }
        let cost = self.probe(annotation);
        let is_many = |rows: &f64| *rows > A_LOT || cost.may_mislead;
        let many = self.of_one(hop).filter(is_many)?;
        let has_to_be_read = cost.of_row.is_some_and(|cost| cost > many * FOUND);
        (has_to_be_read && !cost.is_hopeless).then_some((many, cost.wants))
    }

    /// A sub-select for each row.
    pub fn probe(&self, annotation: &AnnotationNode) -> Cost {
        let hop = annotation.path.hops.first();
        let Some((hop, to)) = hop.and_then(|hop| Some((hop, hop.to.column()?))) else {
            return Cost::default();
        };
        let table = hop.definition;
        let tenant = Self::tenant_column(table);
        let with_tenant = |columns: &[&'static str]| {
            let mut with: Vec<_> = [to].into_iter().chain(tenant).collect();
            with.extend(columns.iter().filter(|column| **column != to));
            with.dedup();
            with
        };
        let one = extreme(annotation).filter(|_| annotation.path.hops.len() == 1);
        if let Some((column, _)) = one
            && let Some(index) = self.index(table, &[vec![to, column], with_tenant(&[column])])
        {
            let counting = self.share_that_counts(hop, annotation).unwrap_or(1.0);
            // A condition that the index does not tell is tested on the row, and on the next if it is not met.
            let tested = match tenant.is_some() || counting < 1.0 {
                true => self.found(table, to) / counting.max(0.01),
                false => 0.0,
            };
            let of_row = LOOK + tested;
            return Cost {
                of_row: Some(of_row),
                microseconds: self.rows.map(|rows| rows * of_row),
                index: Some(index.name.clone()),
                ..Cost::default()
            };
        }
        let found = self.index(
            table,
            &[vec![to], [to].into_iter().chain(tenant).rev().collect()],
        );
        let needed = columns::needed(annotation).map(|needed| with_tenant(&needed));
        let covering = needed
            .as_ref()
            .and_then(|needed| self.covering_index(table, to, tenant, needed));
        let of_one = self.of_one(hop).unwrap_or(1.0);
        let further = LOOK * looked_up(annotation) + sorted(annotation) * SORTED;
        let is_known = self.catalog.has_read(table);
        let of_row = match (covering, found) {
            (Some(_), _) => LOOK + of_one * (IN_INDEX + further),
            // Of a table that was not read, nothing follows from its having no indexes.
            (None, found) if found.is_some() || !is_known => {
                LOOK + of_one * (self.found(table, to) + further)
            }
            (None, _) => self.statistics().rows(table).unwrap_or(MANY) * READ,
        };
        let wanted = match (one, covering, found, needed) {
            _ if !is_known => None,
            // With all that is tested, so that the row itself is not read.
            (Some(_), .., Some(needed)) | (None, None, _, Some(needed)) => Some(needed),
            (Some((column, _)), ..) => Some(with_tenant(&[column])),
            (None, None, None, None) => Some(vec![to]),
            _ => None,
        };
        Cost {
            of_row: Some(of_row),
            microseconds: self.rows.map(|rows| rows * of_row),
            index: covering.or(found).map(|index| index.name.clone()),
            wants: wanted.map(|columns| format!("{} ({})", table.table, columns.join(", "))),
            is_hopeless: is_known && covering.or(found).is_none(),
            may_mislead: one.is_some() && tenant.is_some(),
        }
    }

    /// What a row costs that an index on the column has found. PostgreSQL's planner weighs it so, too; rows of which it is
    /// not known how they lie are taken to lie anywhere.
    fn found(&self, table: Definition, column: &str) -> f64 {
        let in_order = self.statistics().correlation(table, column).unwrap_or(0.0);
        FOUND_ANYWHERE + (FOUND - FOUND_ANYWHERE) * in_order * in_order
    }

    /// The first index that begins with one of these lists of columns.
    fn index(&self, table: Definition, columns: &[Vec<&'static str>]) -> Option<&Index> {
        let mut columns = columns.iter();
        columns.find_map(|columns| self.catalog.index_with_prefix(table, columns, &[]))
    }

    /// An index that finds the related rows of one row, and has all that is read of them.
    fn covering_index(
        &self,
        table: Definition,
        to: &str,
        tenant: Option<&str>,
        needed: &[&str],
    ) -> Option<&Index> {
        let indexes = self.catalog.indexes_of(table).iter();
        let mut usable = indexes
            .filter(|index| index.is_valid && index.predicate.is_none() && index.method == "btree");
        usable.find(|index| {
            let mut keys = index.keys.iter().map(|key| key.column.as_deref());
            let begins = match keys.next().flatten() {
                Some(first) if first == to => true,
                Some(first) if Some(first) == tenant => keys.next() == Some(Some(to)),
                _ => false,
            };
            let has = |name: &&str| {
                let mut keys = index.keys.iter();
                keys.any(|key| key.column.as_deref() == Some(*name))
                    || index.included.iter().any(|column| column == *name)
            };
            begins && needed.iter().all(has)
        })
    }

    /// One pass over all related rows.
    pub fn grouped(&self, annotation: &AnnotationNode) -> Cost {
        let microseconds = annotation.path.hops.first().and_then(|hop| {
            let all = self.statistics().rows(hop.definition)?;
            let related = self.related(hop.definition).unwrap_or(all);
            let read = match hop.definition.tenancy {
                // All are read, to find those that belong to the tenant's.
                Tenancy::Through { .. } => all * (READ + TIED),
                _ => f64::min(all * READ, related * FOUND),
            };
            let grouped = PUT_INTO_GROUP + sorted(annotation) * SORTED_OF_ALL;
            Some(read + related * (grouped + JOINED * looked_up(annotation)))
        });
        Cost {
            microseconds,
            ..Cost::default()
        }
    }

    /// The share of the related rows that count.
    pub fn share_that_counts(&self, hop: &Hop, annotation: &AnnotationNode) -> Option<f64> {
        let mut share = 1.0;
        for condition in hop.condition.iter().chain(&annotation.filter) {
            share *= self.statistics().selectivity(hop.definition, condition)?;
        }
        Some(share)
    }
}

/// How many rows of other tables are looked up for each related row: on the way, and by conditions.
fn looked_up(annotation: &AnnotationNode) -> f64 {
    let hops = &annotation.path.hops;
    let conditions = hops.iter().filter_map(|hop| hop.condition.as_ref());
    let conditions = conditions.chain(&annotation.filter);
    let on_the_way = hops.len().saturating_sub(1);
    (on_the_way + conditions.map(columns::lookups).sum::<usize>()) as f64
}

/// Whether its rows are put into order: 0 or 1.
fn sorted(annotation: &AnnotationNode) -> f64 {
    match annotation.is_cheap() {
        true => 0.0,
        false => 1.0,
    }
}
