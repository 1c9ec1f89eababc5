//! By what rows are sorted: [`Order`].

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::expression::{Expression, Node, Operand};
use crate::schema::{Column, DataType, Entity, EntityDefinition, SqlType};

/// One sort key of a listing of the entity `E`: a value, a direction, and where NULL goes.
///
/// Made by `asc()` and `desc()` of columns, expressions and annotations. NULL goes last in both directions
/// until [`nulls_first`](Self::nulls_first) says otherwise, and is always written out in the SQL.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
///
/// let ended_latest = Session::ENDED_AT.desc();                    // running sessions last
/// let running_first = Session::ENDED_AT.desc().nulls_first();
/// ```
#[derive(Debug)]
pub struct Order<E> {
    pub(crate) node: OrderNode,
    marker: PhantomData<fn() -> E>,
}

/// The untyped form of a sort key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderNode {
    pub name: Cow<'static, str>,
    pub node: Node,
    pub data_type: DataType,
    pub nullable: bool,
    pub direction: Direction,
    pub nulls: Nulls,
}

/// Ascending or descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Where NULL goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

impl<E: Entity> Order<E> {
    fn new<T: SqlType>(expression: Expression<E, T>, direction: Direction) -> Self {
        let nulls = if T::NULLABLE {
            Nulls::Last
        } else {
            direction.default_nulls()
        };
        Self {
            node: OrderNode {
                name: expression.name,
                node: expression.node,
                data_type: T::DATA_TYPE,
                nullable: T::NULLABLE,
                direction,
                nulls,
            },
            marker: PhantomData,
        }
    }

    /// NULL before everything else.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        if self.node.nullable {
            self.node.nulls = Nulls::First;
        }
        self
    }

    /// NULL after everything else; the default.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        if self.node.nullable {
            self.node.nulls = Nulls::Last;
        }
        self
    }
}

impl<E> Clone for Order<E> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

impl Direction {
    /// Where PostgreSQL puts NULL when nobody says, and so where a plain index has it.
    ///
    /// A value that is never NULL is sorted this way: any other way would only keep an index from serving.
    pub(crate) fn default_nulls(self) -> Nulls {
        match self {
            Self::Ascending => Nulls::Last,
            Self::Descending => Nulls::First,
        }
    }

    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Nulls {
    pub fn reversed(self) -> Self {
        match self {
            Self::First => Self::Last,
            Self::Last => Self::First,
        }
    }
}

impl OrderNode {
    /// By the key of a table.
    pub fn by_key(definition: &'static EntityDefinition, direction: Direction) -> Self {
        Self {
            name: Cow::Borrowed(definition.key),
            node: Node::Column(definition.key),
            data_type: definition.key_type,
            nullable: false,
            direction,
            nulls: direction.default_nulls(),
        }
    }

    pub fn is_column(&self, name: &str) -> bool {
        matches!(self.node, Node::Column(column) if column == name)
    }

    /// The same key read from the end.
    pub fn reversed(mut self) -> Self {
        self.direction = self.direction.reversed();
        self.nulls = self.nulls.reversed();
        self
    }
}

impl<E: Entity, T: SqlType> Column<E, T> {
    /// Smallest first, NULL last.
    #[must_use]
    pub fn asc(self) -> Order<E> {
        Order::new(self.into_operand(), Direction::Ascending)
    }

    /// Largest first, NULL last.
    #[must_use]
    pub fn desc(self) -> Order<E> {
        Order::new(self.into_operand(), Direction::Descending)
    }
}

impl<E: Entity, T: SqlType> Expression<E, T> {
    /// Smallest first, NULL last.
    #[must_use]
    pub fn asc(&self) -> Order<E> {
        Order::new(self.clone(), Direction::Ascending)
    }

    /// Largest first, NULL last.
    #[must_use]
    pub fn desc(&self) -> Order<E> {
        Order::new(self.clone(), Direction::Descending)
    }
}
