//! Directions and NULL placement, as sea-query and as PostgreSQL write them.

use sea_query::NullOrdering;

use crate::order::{Direction, Nulls, OrderNode};

impl OrderNode {
    /// Direction and NULL placement in words.
    pub fn words(&self) -> &'static str {
        match (self.direction, self.nulls) {
            (Direction::Ascending, Nulls::First) => "ASC NULLS FIRST",
            (Direction::Ascending, Nulls::Last) => "ASC NULLS LAST",
            (Direction::Descending, Nulls::First) => "DESC NULLS FIRST",
            (Direction::Descending, Nulls::Last) => "DESC NULLS LAST",
        }
    }

    /// Direction and NULL placement as sea-query writes them.
    pub fn sql(&self) -> (sea_query::Order, NullOrdering) {
        (self.direction.sql(), self.nulls.sql())
    }
}

impl Direction {
    pub(crate) fn sql(self) -> sea_query::Order {
        match self {
            Self::Ascending => sea_query::Order::Asc,
            Self::Descending => sea_query::Order::Desc,
        }
    }
}

impl Nulls {
    pub fn sql(self) -> NullOrdering {
        match self {
            Self::First => NullOrdering::First,
            Self::Last => NullOrdering::Last,
        }
    }
}
