//! Numbers for each group of rows: [`Groups`].

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{
    Condition, Expr, ExprTrait, JoinType, NullOrdering, Order, Query, SelectStatement,
};

use super::leaves::{Leaves, from_set};
use super::number::{NumberList, NumberNode, NumberOrder, Numbers};
use super::part::{
    AggregateStatement, Output, OutputValue, Part, Whose, Writer, Written, sealed, whose,
};
use super::rows::{Rows, RowsNode, Values, ValuesNode};
use super::series::{of_rows, of_table};
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::order::Direction;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, iden, select_as};
use crate::schema::{DataType, Definition, Entity, SqlType};
use crate::statement::OutputColumn;

/// So many groups are given at most, unless the host says otherwise.
const MAX_GROUPS: u32 = 1_000;

/// Numbers over rows for each value that they have in common: sessions of each platform, links of each tag.
///
/// NULL is a value. Groups without rows are not there, unless they are asked for: [`each_of`](Self::each_of). Sorted by a
/// number ([`order_by`](Self::order_by)), and then by the values, NULL last.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{Groups, Rows};
/// use pagewise::chat::Session;
///
/// let sessions = Rows::of(Session);
/// let count = sessions.count().named("sessions");
/// let statement = Groups::of(&sessions)
///     .tenant(7)
///     .by(Session::PLATFORM)
///     .numbers(&count)
///     .order_by(count.desc())
///     .build()?;
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<Groups>,
/// #     count: pagewise::aggregate::Number<i64>,
/// # ) -> Result<(), pagewise::Error> {
/// for group in statement.fetch(client)? {
///     println!("{:?}: {}", group.get_value(Session::PLATFORM)?, group.get(&count)?);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Groups {
    whose: Whose,
    rows: Arc<RowsNode>,
    only: Option<PredicateNode>,
    keys: Vec<Key>,
    each_of: Option<Arc<ValuesNode>>,
    numbers: NumberList,
    orders: Vec<NumberOrder>,
    limit: u32,
}

#[derive(Clone, Debug)]
struct Key {
    name: Cow<'static, str>,
    node: Node,
    data_type: DataType,
    /// Whose value it is.
    of: Definition,
}

impl Groups {
    /// Groups of rows; of a part of a set, those that its rows are in.
    #[must_use]
    pub fn of<E: Entity>(rows: &Rows<E>) -> Self {
        Self {
            whose: Whose::default(),
            rows: Arc::clone(&rows.node),
            only: rows.only.clone(),
            keys: Vec::new(),
            each_of: None,
            numbers: NumberList::default(),
            orders: Vec::new(),
            limit: MAX_GROUPS,
        }
    }

    whose!();

    /// By a value of the rows; by further calls within that.
    #[must_use]
    pub fn by<E: Entity, A: Operand<E>>(mut self, value: A) -> Self {
        let value = value.into_operand();
        self.keys.push(Key {
            name: value.name,
            node: value.node,
            data_type: A::Type::DATA_TYPE,
            of: const { &E::DEFINITION },
        });
        self
    }

    /// Exactly the groups of these values, whether they have rows or not: of groups by one value. Rows of other values
    /// are left out.
    #[must_use]
    pub fn each_of<T: SqlType>(mut self, values: &Values<T>) -> Self {
        self.each_of = Some(Arc::clone(&values.node));
        self
    }

    /// Computes numbers: one, a tuple, or a list.
    #[must_use]
    pub fn numbers(mut self, numbers: impl Numbers) -> Self {
        self.numbers.add(numbers);
        self
    }

    /// Sorted by a number, and by further calls where that is equal.
    #[must_use]
    pub fn order_by(mut self, order: NumberOrder) -> Self {
        self.orders.push(order);
        self
    }

    /// The first so many groups; 1,000 if nothing is said, all with `u32::MAX`.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`] if there are no numbers, nothing to group by, or values for more than one key;
    /// * [`Error::OtherRows`] if a number is computed over other rows;
    /// * [`Error::OtherTable`] if they are to be grouped by what is no value of the rows;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if an output cannot be called as it is;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }

    fn check(&self) -> Result<(), Error> {
        let incomplete = |what, with| Err(Error::Incomplete { what, with });
        if self.numbers.0.is_empty() {
            return incomplete("no number was asked for", ".numbers(..)");
        }
        if self.keys.is_empty() {
            return incomplete("rows are to be grouped by nothing", ".by(..)");
        }
        if self.each_of.is_some() && self.keys.len() > 1 {
            return incomplete(
                "groups of given values are groups by one value",
                "one .by(..)",
            );
        }
        for key in &self.keys {
            of_table(&self.rows, &key.name, key.of)?;
        }
        of_rows(&self.rows, &self.numbers.0)?;
        let orders = self.orders.iter().map(|order| Arc::clone(&order.node));
        of_rows(&self.rows, &orders.collect::<Vec<_>>())
    }

    /// The values that have a group whether there are rows or not.
    fn given(&self, renderer: &Renderer<'_>) -> Result<Option<SelectStatement>, Error> {
        let (Some(values), Some(key)) = (&self.each_of, self.keys.first()) else {
            return Ok(None);
        };
        let only = values.only.as_ref();
        let given = from_set(renderer, &values.rows, only, None, |scope, select| {
            let value = renderer.expression(scope, &values.value)?;
            select.distinct();
            select.and_where(value.clone().is_not_null());
            select_as(select, value, &key.name);
            Ok(())
        })?;
        Ok(Some(given))
    }
}

impl sealed::Sealed for Groups {}

impl Part for Groups {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = Vec<super::answer::AggregateRow>;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        const GIVEN: &str = "given";
        self.check()?;
        let renderer = writer.0;
        let numbers = self.numbers.0.iter();
        let sorted_by = self.orders.iter().map(|order| &order.node);
        let wanted = numbers.chain(sorted_by).map(AsRef::<NumberNode>::as_ref);
        let mut taken: Vec<&str> = self.keys.iter().map(|key| key.name.as_ref()).collect();
        taken.push(GIVEN);
        let leaves = Leaves::new(renderer, wanted, &taken);
        let keys: Vec<_> = self
            .keys
            .iter()
            .map(|key| (key.name.clone(), &key.node))
            .collect();

        let mut select = Query::select();
        let given = self.given(renderer)?;
        let is_outer = given.is_some();
        let mut first: Option<Cow<'static, str>> = None;
        if let Some(given) = given {
            select.from_subquery(given, GIVEN);
            first = Some(GIVEN.into());
        }
        for leaf in &leaves.0 {
            let rows = leaf.select(renderer, &keys, self.only.as_ref())?;
            match &first {
                None => {
                    select.from_subquery(rows, iden(&leaf.word));
                    first = Some(leaf.word.clone());
                }
                Some(first) => {
                    let column = |word: &Cow<'static, str>, key: &Key| {
                        Expr::col((iden(word), iden(&key.name)))
                    };
                    // NULL is a group, but no given value.
                    let same = self.keys.iter().map(|key| match is_outer {
                        true => column(&leaf.word, key).eq(column(first, key)),
                        false => column(&leaf.word, key).binary(
                            sea_query::BinOper::Custom("IS NOT DISTINCT FROM"),
                            column(first, key),
                        ),
                    });
                    let same = same.fold(Condition::all(), Condition::add);
                    select.join_subquery(JoinType::LeftJoin, rows, iden(&leaf.word), same);
                }
            }
        }
        let key_of = |key: &Key| match &first {
            Some(word) => Expr::col((iden(word), iden(&key.name))),
            None => Expr::null(),
        };
        for key in &self.keys {
            select_as(&mut select, key_of(key), &key.name);
        }
        for number in &self.numbers.0 {
            select_as(&mut select, leaves.number(number, is_outer), &number.name);
        }
        for order in &self.orders {
            let value = leaves.number(&order.node, is_outer);
            select.order_by_expr_with_nulls(value, order.direction.sql(), order.nulls().sql());
        }
        for key in &self.keys {
            select.order_by_expr_with_nulls(key_of(key), Order::Asc, NullOrdering::Last);
        }
        if self.limit < u32::MAX {
            select.limit(self.limit.into());
        }

        let outputs = self.keys.iter().map(|key| Output {
            column: OutputColumn {
                name: key.name.clone(),
                data_type: key.data_type,
                nullable: true,
            },
            value: OutputValue::Node(key.node.clone()),
        });
        let outputs = outputs.chain(self.numbers.0.iter().map(Output::of_number));
        Ok(Written {
            select,
            outputs: outputs.collect(),
        })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        Ok(cells.into_rows())
    }
}

impl NumberOrder {
    /// Where NULL goes: last, if there may be one.
    pub(crate) fn nulls(&self) -> crate::order::Nulls {
        match self.node.nullable {
            true => crate::order::Nulls::Last,
            false => Direction::default_nulls(self.direction),
        }
    }
}
