//! How far related rows are walked, if it is worth while.

use super::cost::Costs;
use super::walk::extreme;
use crate::annotation::AnnotationNode;
use crate::catalog::{Catalog, Fit};
use crate::expression::Node;
use crate::order::Direction;
use crate::schema::{Definition, Hop};

/// A related row that is walked, in microseconds as the costs are.
const WALKED: f64 = 1.0;

/// How many related rows of one row are taken to be next to each other in time, at most, where they lie beside each other in
/// their table, too: the messages of a conversation.
const NEXT_TO_EACH_OTHER: f64 = 16.0;

/// As many times as often as of others a related row is met of those to which the most belong.
const SKEW: f64 = 4.0;

/// As much of another form's cost as a walk that did not fill the page may add to it.
const IN_VAIN: f64 = 0.15;

/// The fewest rows that a walk is worth while for.
const SHORTEST: u64 = 256;

/// A walk that may be worth while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The table whose rows are sorted.
    pub definition: Definition,
    /// How many rows are wanted: those of the page, and those before it.
    pub rows: u64,
    /// How many related rows are walked at most.
    pub limit: u32,
    /// What the other form costs.
    pub otherwise: Option<f64>,
    /// The page may begin anywhere: so the walk is as long as it may be.
    pub may_be_deep: bool,
}

impl Costs<'_> {
    /// How far the related rows are to be walked so that `wanted` rows are met, and by which index; why not, if it is not
    /// worth while.
    pub fn walk(
        &self,
        annotation: &AnnotationNode,
        wanted: Wanted,
    ) -> Result<(u64, Fit<'_>), WalkRefused> {
        let ([hop], Some((column, direction))) =
            (annotation.path.hops.as_slice(), extreme(annotation))
        else {
            return Err(WalkRefused::Impossible);
        };
        let table = hop.definition;
        if !self.catalog.has_read(table) {
            return Err(WalkRefused::Unknown);
        }
        let Some(fit) = walked_by(self.catalog, hop, column, direction) else {
            let tenant = Self::tenant_column(table).into_iter();
            let columns: Vec<_> = tenant.chain([column]).collect();
            let wants = format!("{} ({})", table.table, columns.join(", "));
            return Err(WalkRefused::NoIndex(wants));
        };
        let by_row = self
            .catalog
            .index_with_prefix(wanted.definition, &[hop.from], &[]);
        let (Some(rows), Some(of_one), Some(otherwise), Some(_)) =
            (self.rows, self.of_one(hop), wanted.otherwise, by_row)
        else {
            return Err(WalkRefused::Unknown);
        };
        let counts = self.share_that_counts(hop, annotation).unwrap_or(1.0);
        let mut fits = self.share * counts;
        if Self::tenant_column(table).is_none()
            && let Some(tenant) = self.tenant
            && let (Some(own), Some(all)) = (
                self.statistics().tenant_rows(wanted.definition, tenant),
                self.statistics().rows(wanted.definition),
            )
        {
            // The rows of everybody are walked.
            fits *= (own / all).min(1.0);
        }
        let met = wanted.rows as f64;
        // The last ones are met so rarely that the guess below says nothing.
        if met > rows * 0.9 {
            return Err(WalkRefused::TooFar);
        }
        // As often as one draws from so many to have met so many different ones.
        let draws = rows * (rows / (rows - met)).ln();
        let for_each = self.walked_for_each(hop, of_one);
        let expected = draws * for_each / fits.max(1e-6);
        let most = (otherwise * IN_VAIN / WALKED).min(f64::from(wanted.limit));
        if expected > most || most < SHORTEST as f64 {
            return Err(WalkRefused::TooFar);
        }
        // Few lengths, few texts.
        let mut length = SHORTEST;
        while (length as f64) < expected * 2.0 || wanted.may_be_deep {
            if (length * 2) as f64 > most {
                break;
            }
            length *= 2;
        }
        Ok((length, fit))
    }

    /// How many related rows are walked for each that tells something new.
    fn walked_for_each(&self, hop: &Hop, of_one: f64) -> f64 {
        let to = hop.to.column();
        let correlation = to.and_then(|to| self.statistics().correlation(hop.definition, to));
        let in_order = correlation.unwrap_or(1.0);
        let (anyhow, beside) = (of_one.min(SKEW), of_one.min(NEXT_TO_EACH_OTHER));
        anyhow + (beside - anyhow) * in_order * in_order
    }
}

/// The index that has the related rows in order, those of the tenant beside each other.
///
/// Where it has NULL is up to it: PostgreSQL takes it only for a walk that says the same, although none is walked.
pub(super) fn walked_by<'c>(
    catalog: &'c Catalog,
    hop: &Hop,
    column: &'static str,
    direction: Direction,
) -> Option<Fit<'c>> {
    let equal: Vec<_> = Costs::tenant_column(hop.definition).into_iter().collect();
    let column = Node::Column(column);
    let order = [(&column, direction, direction.default_nulls())];
    let fit = catalog.index_of_order(hop.definition, &equal, &order, &[])?;
    (fit.equal == equal.len()).then_some(fit)
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
