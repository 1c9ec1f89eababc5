//! The choice for a sort key that a counter keeps in a table beside the rows'.

use super::choice::Circumstances;
use super::plan::Sorting;
use crate::ddl::counter::KeptNode;
use crate::order::{Direction, Nulls, OrderNode};

impl Circumstances<'_> {
    /// By a value that is kept in a table beside the rows': largest first, NULL last, if an index has it.
    pub(super) fn by_kept(&self, leading: &OrderNode, kept: &KeptNode, sorting: &mut Sorting) {
        let subject = format!("order by {}", leading.name);
        if !kept.is_indexed {
            let reason = "the counter keeps the value, and no index of it was declared";
            sorting
                .report
                .add(subject, "all rows, sorted by the kept value", reason);
            return;
        }
        if leading.nullable {
            let nulls = match leading.direction {
                Direction::Descending => Nulls::Last,
                Direction::Ascending => Nulls::First,
            };
            sorting.index_nulls = Some(nulls);
            sorting.nulls_apart =
                nulls != leading.nulls && self.cursor.is_none() && self.is_flat_or_first();
        }
        let decision = match sorting.nulls_apart {
            true => "in the order of the counter's index, rows without a value apart",
            false => "in the order of the counter's index",
        };
        let reason = "the counter keeps the value";
        sorting.report.add(subject, decision, reason);
    }
}
