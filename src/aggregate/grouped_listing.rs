//! Rows with numbers over the rows that belong to them: [`GroupedListing`].

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_query::{Condition, Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement};

use super::leaves::Leaves;
use super::number::{NumberList, NumberNode, NumberOrder, Numbers};
use super::part::{
    AggregateStatement, Output, OutputValue, Part, Whose, Writer, Written, sealed, whose,
};
use super::rows::{Values, ValuesNode};
use super::series::of_rows;
use crate::error::Error;
use crate::expression::Node;
use crate::listing::{Selection, Shown, Shows};
use crate::order::{Direction, Nulls, Order, OrderNode};
use crate::predicate::{Predicate, PredicateNode};
use crate::render::{Renderer, Scope, count_all, free_name, iden, select_as, side_by_side};
use crate::schema::{DataType, Definition, Entity};
use crate::statement::OutputColumn;

/// So many rows are given at most, unless the host says otherwise.
const MAX_ROWS: u32 = 1_000;
/// How many rows there are altogether.
const TOTAL: &str = "total_rows";
/// By what the numbers are joined.
const KEY: &str = "group_key";

/// Rows of the entity `E`, each with numbers over the rows that belong to it: chatbots with their sessions and messages of
/// the last month.
///
/// The rows that belong to them are read in one pass, and grouped. Every row of `E` is there, with what nothing gives if
/// nothing belongs to it, unless [`only_with_rows`](Self::only_with_rows) says otherwise. It can be sorted by any of the
/// numbers over the whole list; the key is appended.
///
/// For a page of many rows that is not sorted by a number, a [`Listing`](crate::Listing) with annotations reads less: it
/// computes them for the page only.
///
/// # Example
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::aggregate::{GroupedListing, Rows, Window};
/// use pagewise::chat::{Experiment, Message, Session};
///
/// let window = Window::before(Utc::now(), TimeDelta::days(30))?;
/// let messages = Session::messages().filter(Message::CREATED_AT.within(window.range()));
/// let active = Rows::of(Session).named("active_sessions").with_any(&messages);
/// let sessions = active.count().named("sessions");
/// let written = active.sum(messages.count()).named("messages");
///
/// let statement = GroupedListing::of(Experiment)
///     .tenant(7)
///     .filter(Experiment::IS_ARCHIVED.eq(false))
///     .show(Experiment::NAME)
///     .numbers_by(&active.values(Session::EXPERIMENT_ID), (&sessions, &written))
///     .order_by_number(written.desc())
///     .limit(10)
///     .with_total()
///     .build()?;
/// println!("{statement:#}");
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<GroupedListing<Experiment>>,
/// #     sessions: pagewise::aggregate::Number<i64>,
/// # ) -> Result<(), pagewise::Error> {
/// let rows = statement.fetch(client)?;
/// println!("{:?} chatbots", rows.total());
/// for row in &rows {
///     println!("{}: {}", row.get_value(Experiment::NAME)?, row.get(&sessions)?);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct GroupedListing<E> {
    whose: Whose,
    filters: Vec<PredicateNode>,
    shown: Vec<Shown>,
    groups: Vec<Group>,
    only_with_rows: bool,
    orders: Vec<Key>,
    limit: u32,
    offset: u64,
    total: bool,
    marker: PhantomData<fn() -> E>,
}

/// Numbers over rows that belong to those of the list.
#[derive(Clone, Debug)]
struct Group {
    by: Arc<ValuesNode>,
    numbers: NumberList,
}

/// What the list is sorted by.
#[derive(Clone, Debug)]
enum Key {
    Number(NumberOrder),
    Value(OrderNode),
}

impl<E: Entity> GroupedListing<E> {
    /// All rows of an entity, to be narrowed.
    #[must_use]
    pub fn of(_: E) -> Self {
        Self {
            whose: Whose::default(),
            filters: Vec::new(),
            shown: Vec::new(),
            groups: Vec::new(),
            only_with_rows: false,
            orders: Vec::new(),
            limit: MAX_ROWS,
            offset: 0,
            total: false,
            marker: PhantomData,
        }
    }

    whose!();

    /// Only rows for which the condition is true; several must all be.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<E>) -> Self {
        self.filters.push(condition.node);
        self
    }

    /// Shows columns, expressions and annotations: one, a tuple, or a list. The key is always shown.
    #[must_use]
    pub fn show(mut self, selection: impl Selection<E>) -> Self {
        Shows::new(&mut self.shown).add(selection);
        self
    }

    /// Computes numbers over the rows that belong to each row: those of which the value is its key.
    #[must_use]
    pub fn numbers_by(mut self, by: &Values<E::Key>, numbers: impl Numbers) -> Self {
        let mut list = NumberList::default();
        list.add(numbers);
        self.groups.push(Group {
            by: Arc::clone(&by.node),
            numbers: list,
        });
        self
    }

    /// Only rows to which at least one of the rows belongs that the first numbers are computed over.
    #[must_use]
    pub fn only_with_rows(mut self) -> Self {
        self.only_with_rows = true;
        self
    }

    /// Sorted by a number, over the whole list; by further calls where that is equal.
    #[must_use]
    pub fn order_by_number(mut self, order: NumberOrder) -> Self {
        self.orders.push(Key::Number(order));
        self
    }

    /// Sorted by a value of the row; by further calls where that is equal.
    #[must_use]
    pub fn order_by(mut self, order: Order<E>) -> Self {
        self.orders.push(Key::Value(order.node));
        self
    }

    /// So many rows; 1,000 if nothing is said, all with `u32::MAX`.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Without the first so many.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Counts all rows, too.
    #[must_use]
    pub fn with_total(mut self) -> Self {
        self.total = true;
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`] if there are no numbers;
    /// * [`Error::PageEmpty`], [`Error::OffsetTooLarge`] if there can be no such rows;
    /// * [`Error::OtherRows`] if a number is computed over other rows than those that it is joined by;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if an output cannot be called as it is;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }

    fn definition() -> Definition {
        const { &E::DEFINITION }
    }

    fn check(&self) -> Result<(), Error> {
        if self.groups.iter().all(|group| group.numbers.0.is_empty()) {
            return Err(Error::Incomplete {
                what: "no number was asked for",
                with: ".numbers_by(..)",
            });
        }
        for group in &self.groups {
            of_rows(&group.by.rows, &group.numbers.0)?;
        }
        if self.limit == 0 {
            return Err(Error::PageEmpty);
        }
        if i64::try_from(self.offset).is_err() {
            return Err(Error::OffsetTooLarge {
                offset: self.offset,
            });
        }
        Ok(())
    }

    /// The outputs of the list: the key, what is shown, the numbers.
    fn shown(&self) -> Vec<Shown> {
        let definition = Self::definition();
        let mut shown = vec![Shown {
            name: definition.key.into(),
            node: Node::Column(definition.key),
            data_type: definition.key_type,
            nullable: false,
        }];
        let key = shown[0].clone();
        let is_key = |more: &Shown| more.node == key.node && more.name == key.name;
        shown.extend(self.shown.iter().filter(|more| !is_key(more)).cloned());
        shown
    }

    /// The rows of the list, and the conditions that they meet.
    fn rows(
        &self,
        renderer: &Renderer<'_>,
        scope: &Scope<'_>,
    ) -> Result<(SelectStatement, Vec<Expr>), Error> {
        #[cfg(feature = "plan")]
        renderer.note_rows(crate::render::RowsRead {
            definition: Self::definition(),
            filters: self.filters.clone(),
            required: None,
            values: self.shown.iter().map(|shown| shown.node.clone()).collect(),
        });
        let (table, bound) = renderer.source(Self::definition(), scope, false)?;
        let mut select = Query::select();
        select.from(table);
        let mut conditions: Vec<_> = bound.into_iter().collect();
        for filter in &self.filters {
            renderer.conjuncts(scope, &super::set::found_first(filter), &mut conditions)?;
        }
        Ok((select, conditions))
    }

    /// The group that a number is sorted by in: the one that computes it, or what it is computed of; else the first over
    /// its rows.
    fn group_of(&self, order: &NumberOrder) -> Option<usize> {
        let over_its_rows =
            |group: &&Group| of_rows(&group.by.rows, &[Arc::clone(&order.node)]).is_ok();
        let computes = |group: &Group| {
            let mut all = true;
            order.node.aggregates(&mut |wanted, _| {
                let mut computed = false;
                for number in &group.numbers.0 {
                    number.aggregates(&mut |known, _| computed |= known == wanted);
                }
                all &= computed;
            });
            all
        };
        let groups = || {
            self.groups
                .iter()
                .enumerate()
                .filter(|(_, group)| over_its_rows(group))
        };
        let (at, _) = groups()
            .find(|(_, group)| computes(group))
            .or_else(|| groups().next())?;
        Some(at)
    }

    /// The page: the rows joined to their numbers, sorted and cut.
    fn page(&self, renderer: &Renderer<'_>) -> Result<(SelectStatement, Vec<SortKey>), Error> {
        let scope = Scope::root(Self::definition().alias);
        let (mut select, conditions) = self.rows(renderer, &scope)?;
        let key = || scope.column(Self::definition().key);
        for shown in &self.shown() {
            let value = renderer.expression(&scope, &shown.node)?;
            select_as(&mut select, value, &shown.name);
        }
        let mut sorted = Vec::new();
        // What the sub-selects of the groups before are called.
        let mut words: Vec<Cow<'static, str>> = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            let orders = self.orders.iter().filter_map(|order| match order {
                Key::Number(order) if self.group_of(order) == Some(at) => Some(order),
                _ => None,
            });
            let orders: Vec<_> = orders.collect();
            let numbers = group.numbers.0.iter();
            let wanted = numbers.chain(orders.iter().map(|order| &order.node));
            let mut taken = vec![KEY, Self::definition().alias];
            taken.extend(words.iter().map(AsRef::<str>::as_ref));
            let leaves = Leaves::new(renderer, wanted.map(AsRef::<NumberNode>::as_ref), &taken);
            words.extend(leaves.0.iter().map(|leaf| leaf.word.clone()));
            let mut is_first = at == 0;
            for leaf in &leaves.0 {
                let rows = leaf.keyed(renderer, &group.by, KEY)?;
                let is_key = Expr::col((iden(&leaf.word), KEY.into_iden())).eq(key());
                let join = match self.only_with_rows && std::mem::take(&mut is_first) {
                    true => JoinType::InnerJoin,
                    false => JoinType::LeftJoin,
                };
                select.join_subquery(join, rows, iden(&leaf.word), is_key);
            }
            for number in &group.numbers.0 {
                select_as(&mut select, leaves.number(number, true), &number.name);
            }
            for order in orders {
                sorted.push((Arc::clone(&order.node), leaves.number(&order.node, true)));
            }
        }
        for condition in side_by_side(conditions) {
            select.and_where(condition);
        }
        let mut keys = Vec::new();
        for order in &self.orders {
            keys.push(match order {
                Key::Number(order) => {
                    let known = sorted
                        .iter()
                        .find(|(node, _)| Arc::ptr_eq(node, &order.node));
                    let (_, value) = known.ok_or_else(|| Error::OtherRows {
                        number: order.node.name.clone(),
                    })?;
                    SortKey(value.clone(), order.direction, order.nulls())
                }
                Key::Value(order) => SortKey::of(renderer, &scope, order)?,
            });
        }
        keys.push(SortKey::of(renderer, &scope, &self.key_order())?);
        for SortKey(value, direction, nulls) in &keys {
            select.order_by_expr_with_nulls(value.clone(), direction.sql(), nulls.sql());
        }
        if self.limit < u32::MAX {
            select.limit(self.limit.into());
        }
        if self.offset > 0 {
            select.offset(self.offset);
        }
        Ok((select, keys))
    }

    fn key_order(&self) -> OrderNode {
        OrderNode::by_key(Self::definition(), Direction::Ascending)
    }

    fn counted(&self, renderer: &Renderer<'_>) -> Result<SelectStatement, Error> {
        let scope = Scope::root(Self::definition().alias);
        let (mut select, conditions) = self.rows(renderer, &scope)?;
        if let (true, Some(group)) = (self.only_with_rows, self.groups.first()) {
            select.and_where(renderer.predicate(
                &scope,
                &PredicateNode::InRows {
                    node: Node::Column(Self::definition().key),
                    values: Arc::clone(&group.by),
                    negated: false,
                },
            )?);
        }
        for condition in side_by_side(conditions) {
            select.and_where(condition);
        }
        select.expr_as(count_all(), TOTAL);
        Ok(select)
    }

    fn outputs(&self) -> Vec<Output> {
        let shown = self.shown().into_iter().map(|shown| Output {
            column: OutputColumn {
                name: shown.name,
                data_type: shown.data_type,
                nullable: shown.nullable,
            },
            value: OutputValue::Node(shown.node),
        });
        let numbers = self.groups.iter().flat_map(|group| &group.numbers.0);
        let mut outputs: Vec<_> = shown.chain(numbers.map(Output::of_number)).collect();
        if self.total {
            outputs.push(Output {
                column: OutputColumn {
                    name: TOTAL.into(),
                    data_type: DataType::BigInt,
                    nullable: false,
                },
                value: OutputValue::Own,
            });
        }
        outputs
    }
}

/// What a page is sorted by, how, and where NULL goes.
struct SortKey(Expr, Direction, Nulls);

impl SortKey {
    fn of(renderer: &Renderer<'_>, scope: &Scope<'_>, order: &OrderNode) -> Result<Self, Error> {
        let value = renderer.expression(scope, &order.node)?;
        Ok(Self(value, order.direction, order.nulls))
    }
}

impl<E> sealed::Sealed for GroupedListing<E> {}

impl<E: Entity> Part for GroupedListing<E> {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = super::answer::GroupedRows;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        const PAGE: &str = "page";
        const COUNTED: &str = "total";
        let renderer = writer.0;
        self.check()?;
        let (mut page, keys) = self.page(renderer)?;
        let outputs = self.outputs();
        if !self.total {
            return Ok(Written {
                select: page,
                outputs,
            });
        }
        // The total is there also when the page is empty.
        let mut select = Query::select();
        for output in &outputs {
            let word = match output.column.name == TOTAL {
                true => COUNTED,
                false => PAGE,
            };
            select.expr(Expr::col((word.into_iden(), iden(&output.column.name))));
        }
        // The order is repeated: nothing else promises one.
        for (at, SortKey(value, direction, nulls)) in keys.into_iter().enumerate() {
            let name = Cow::Owned(format!("order_{}", at + 1));
            let is_taken = |name: &str| outputs.iter().any(|output| output.column.name == name);
            let name = match is_taken(&name) {
                true => free_name("sort_", &name, is_taken),
                false => name,
            };
            page.expr_as(value, iden(&name));
            let value = Expr::col((PAGE.into_iden(), iden(&name)));
            select.order_by_expr_with_nulls(value, direction.sql(), nulls.sql());
        }
        select
            .from_subquery(self.counted(renderer)?, COUNTED)
            .join_subquery(JoinType::LeftJoin, page, PAGE, Condition::all());
        Ok(Written { select, outputs })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        super::answer::GroupedRows::read(cells, self.total)
    }
}

impl<E> Clone for GroupedListing<E> {
    fn clone(&self) -> Self {
        Self {
            whose: self.whose.clone(),
            filters: self.filters.clone(),
            shown: self.shown.clone(),
            groups: self.groups.clone(),
            only_with_rows: self.only_with_rows,
            orders: self.orders.clone(),
            limit: self.limit,
            offset: self.offset,
            total: self.total,
            marker: PhantomData,
        }
    }
}

impl<E> std::fmt::Debug for GroupedListing<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupedListing")
            .field("filters", &self.filters)
            .field("groups", &self.groups)
            .field("orders", &self.orders)
            .field("limit", &self.limit)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
