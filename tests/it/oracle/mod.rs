//! The oracle: listings evaluated in plain Rust on a [`World`](crate::world::World), by nested loops and sorting.
//!
//! Each part of a request exists twice: as pagewise's typed builder and as a closure over the rows in memory. The two
//! are paired by hand, once per column and relation (`entities`), and combined at random from there: a
//! [`Plan`](plan::Plan) is plain data that proptest makes and shrinks, a [`Request`](request::Request) is what it
//! means for one world.

pub mod aggregate;
pub mod condition;
pub mod datum;
pub mod entities;
pub mod linking;
pub mod order;
pub mod plan;
pub mod relation;
pub mod request;
pub mod value;

use std::collections::BTreeSet;
use std::rc::Rc;

use pagewise::Entity;

use crate::world::World;
use aggregate::Aggregated;
use linking::Linking;
use relation::AnyRelation;
use value::Value;

/// What one team may see of a world.
pub struct View {
    pub world: World,
    pub tenant: i64,
}

/// An entity that the oracle knows.
pub trait Modeled: Entity<Key = i64> + Aggregated {
    /// A row in memory.
    type Row: Clone + 'static;
    /// The team's rows.
    fn rows(view: &View) -> Vec<Self::Row>;
    /// The key of a row.
    fn id(row: &Self::Row) -> i64;
    /// The tables that a listing of it reads in any case.
    fn tables() -> Vec<&'static str>;
    /// Its columns, expressions of them, and the domain's annotations.
    fn values() -> Vec<Value<Self>>;
    /// What belongs to a row of it.
    fn relations() -> Vec<Box<dyn AnyRelation<Self>>>;
    /// What a row of it is linked to.
    fn linkings() -> Vec<Linking<Self>> {
        Vec::new()
    }
}

/// A value of a row in memory.
pub type Eval<E> = Rc<dyn Fn(&View, &<E as Modeled>::Row) -> datum::Datum>;

/// The tables and functions that a part of a request stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    pub tables: BTreeSet<&'static str>,
    pub functions: BTreeSet<&'static str>,
}

impl Uses {
    pub fn tables(tables: &[&'static str]) -> Self {
        Self {
            tables: tables.iter().copied().collect(),
            functions: BTreeSet::new(),
        }
    }

    pub fn function(mut self, name: &'static str) -> Self {
        self.functions.insert(name);
        self
    }

    pub fn and(mut self, other: &Self) -> Self {
        self.tables.extend(&other.tables);
        self.functions.extend(&other.functions);
        self
    }
}

/// What a plan is made real for.
#[derive(Clone)]
pub struct Context {
    pub view: Rc<View>,
    pub operands: Operands,
}

/// Where the values come from that a request compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// From the rows, and beside them.
    Near,
    /// Values that are equal to each other wherever they are in another variant, and lists of this length: the same
    /// shape.
    Far { length: usize, variant: u8 },
    /// Such as are found again wherever they get to.
    Marked,
}
