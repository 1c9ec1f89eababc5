//! How a series is written.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{
    BinOper, Condition, Expr, ExprTrait, Func, IntoIden, JoinType, NullOrdering, Order, Query,
    SelectStatement, WindowStatement,
};

use super::{Pieces, Series, Time};
use crate::aggregate::bucket::START_TYPE;
use crate::aggregate::leaves::{Leaf, Leaves, from_set};
use crate::aggregate::number::NumberNode;
use crate::aggregate::part::{Output, OutputValue, Part, Whose, Writer, Written, sealed};
use crate::aggregate::set::ordinal;
use crate::aggregate::stretches::stretches;
use crate::error::Error;
use crate::render::{Renderer, START, Scope, Split, iden, select_as};
use crate::schema::DataType;
use crate::statement::OutputColumn;

/// The first instant of a stretch, as the clock of the zone shows it.
const LOCAL_START: &str = "local_start";
/// Which piece of a split series a row is of, counted from 1; the last is that of all others.
const PIECE: &str = "piece";
/// The stretches that are there whether there are rows or not.
const STRETCHES: &str = "stretches";
/// Where a stretch begins.
const STRETCH: &str = "stretch";

impl Series {
    /// How the rows are split, if by the times of related rows.
    fn split(&self) -> Result<Option<Split>, Error> {
        let Time::Related { instant, .. } = &self.time else {
            return Ok(None);
        };
        Ok(Some(Split {
            start: self.bucket.start_of(instant.clone(), &self.zone)?,
            word: self.bucket.word(),
        }))
    }

    /// The sub-select of one leaf: its aggregates for each stretch, and each piece of it.
    fn leaf(
        &self,
        renderer: &Renderer<'_>,
        leaf: &Leaf<'_>,
        top: Option<&Scope<'_>>,
    ) -> Result<SelectStatement, Error> {
        let (split, only) = (self.split()?, self.only.as_ref());
        from_set(
            renderer,
            &self.rows,
            only,
            split.as_ref(),
            |scope, select| {
                let start = match &self.time {
                    Time::Related { .. } => {
                        let start = Expr::col((scope.iden(), START.into_iden()));
                        select.and_where(start.clone().is_not_null());
                        start
                    }
                    Time::Own(instant) => {
                        select.and_where(renderer.expression(scope, instant)?.is_not_null());
                        let start = self.bucket.start_of(instant.clone(), &self.zone)?;
                        renderer.expression(scope, &start)?
                    }
                };
                select_as(select, start, &Cow::Borrowed(START));
                select.add_group_by([ordinal(1)]);
                if let (Some(pieces), Some(top)) = (&self.pieces, top) {
                    let piece = Expr::col((top.iden(), PIECE.into_iden()));
                    let other = Expr::cust((u32::from(pieces.top) + 1).to_string());
                    select.expr_as(Func::coalesce([piece, other]), PIECE);
                    select.add_group_by([ordinal(2)]);
                    let value = renderer.expression(scope, &pieces.node)?;
                    let is_value = Expr::col((top.iden(), iden(&pieces.name)))
                        .binary(BinOper::Custom("IS NOT DISTINCT FROM"), value);
                    select.join(JoinType::LeftJoin, top.iden(), is_value);
                }
                leaf.aggregates_of(renderer, scope, select)
            },
        )
    }

    /// The values with the largest first number, each with its place.
    fn top(&self, renderer: &Renderer<'_>, pieces: &Pieces) -> Result<SelectStatement, Error> {
        let first = self.numbers.0.first().map(AsRef::as_ref);
        let leaves = Leaves::new(renderer, first, &[&pieces.name, PIECE, START]);
        let mut select = Query::select();
        let mut before: Option<&Leaf<'_>> = None;
        let value = |leaf: &Leaf<'_>| Expr::col((iden(&leaf.word), iden(&pieces.name)));
        for leaf in &leaves.0 {
            let only = self.only.as_ref();
            let rows = from_set(renderer, &self.rows, only, None, |scope, select| {
                // Rows without a time are in no stretch.
                if let Time::Own(instant) = &self.time {
                    select.and_where(renderer.expression(scope, instant)?.is_not_null());
                }
                select_as(
                    select,
                    renderer.expression(scope, &pieces.node)?,
                    &pieces.name,
                );
                select.add_group_by([ordinal(1)]);
                leaf.aggregates_of(renderer, scope, select)
            })?;
            match before {
                None => {
                    select.from_subquery(rows, iden(&leaf.word));
                    select.expr(value(leaf));
                    before = Some(leaf);
                }
                Some(first) => {
                    let is_same =
                        value(leaf).binary(BinOper::Custom("IS NOT DISTINCT FROM"), value(first));
                    select.join_subquery(JoinType::LeftJoin, rows, iden(&leaf.word), is_same);
                }
            }
        }
        if let (Some(number), Some(leaf)) = (first, before) {
            let mut window = WindowStatement::new();
            window.order_by_expr_with_nulls(
                leaves.number(number, true),
                Order::Desc,
                NullOrdering::Last,
            );
            window.order_by_expr_with_nulls(value(leaf), Order::Asc, NullOrdering::Last);
            let place = Func::cust("row_number");
            select.expr_window_as(place, window, PIECE);
            select.order_by_expr(ordinal(2), Order::Asc);
        }
        select.limit(pieces.top.into());
        Ok(select)
    }
}

impl Series {
    fn select(
        &self,
        renderer: &Renderer<'_>,
        leaves: &Leaves<'_>,
        top: Option<&Scope<'_>>,
    ) -> Result<SelectStatement, Error> {
        let keys: &[&'static str] = match top {
            Some(_) => &[START, PIECE],
            None => &[START],
        };
        let mut select = Query::select();
        let mut first: Option<&Cow<'static, str>> = None;
        for leaf in &leaves.0 {
            let rows = self.leaf(renderer, leaf, top)?;
            match first {
                Some(first) => {
                    // All are of the same rows, and so of the same stretches and pieces.
                    let same = same(keys, &leaf.word, first);
                    select.join_subquery(JoinType::LeftJoin, rows, iden(&leaf.word), same);
                }
                None => self.fill(renderer, leaf, rows, keys, &mut select)?,
            }
            first = first.or(Some(&leaf.word));
        }
        let key = |name: &'static str| {
            let points = first.map(|word| column(word, name));
            let filled = self.filled.map(|_| column(&STRETCHES.into(), name));
            match (filled, points) {
                (Some(filled), Some(points)) => Func::coalesce([filled, points]).into(),
                (filled, points) => filled.or(points).unwrap_or(Expr::null()),
            }
        };
        let zone = Expr::val(self.zone.name());
        let mut stretch = Query::select();
        stretch.expr_as(self.bucket.first_instant(|| key(START), &self.zone)?, START);
        select.join_lateral(JoinType::LeftJoin, stretch, STRETCH, Condition::all());
        let start = || column(&STRETCH.into(), START);
        select.expr_as(start(), START);
        let local = Func::cust("timezone").args([zone, start()]);
        select.expr_as(local, LOCAL_START);
        select.order_by_expr(ordinal(1), Order::Asc);
        if let (Some(pieces), Some(top)) = (&self.pieces, top) {
            select.expr_as(key(PIECE), PIECE);
            select.expr_as(top.output(&pieces.name), iden(&pieces.name));
            let is_piece = Expr::col((top.iden(), PIECE.into_iden())).eq(key(PIECE));
            select.join(JoinType::LeftJoin, top.iden(), is_piece);
            select.order_by_expr(ordinal(3), Order::Asc);
        }
        let is_outer = self.filled.is_some();
        for number in &self.numbers.0 {
            select_as(&mut select, leaves.number(number, is_outer), &number.name);
        }
        Ok(select)
    }

    /// `FROM` the points that there are, or from all stretches of the window and the points in them.
    fn fill(
        &self,
        renderer: &Renderer<'_>,
        leaf: &Leaf<'_>,
        points: SelectStatement,
        keys: &[&'static str],
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let Some(window) = &self.filled else {
            select.from_subquery(points, iden(&leaf.word));
            return Ok(());
        };
        let stretches = stretches(self.bucket, &self.zone, window)?;
        let same = same(keys, &leaf.word, &STRETCHES.into());
        if self.pieces.is_none() {
            select.from_subquery(stretches, STRETCHES);
            select.join_subquery(JoinType::FullOuterJoin, points, iden(&leaf.word), same);
            return Ok(());
        }
        // Read twice: which pieces there are, and what they are in each stretch.
        let points = renderer.name("points", points);
        let mut pieces = Query::select();
        pieces.distinct().column(PIECE).from(iden(&points));
        let mut all = Query::select();
        all.column((STRETCHES, START))
            .column(("pieces", PIECE))
            .from_subquery(stretches, STRETCHES)
            .from_subquery(pieces, "pieces");
        select.from_subquery(all, STRETCHES);
        select.join_as(
            JoinType::FullOuterJoin,
            iden(&points),
            iden(&leaf.word),
            same,
        );
        Ok(())
    }

    fn outputs(&self) -> Vec<Output> {
        let own = |name: &'static str, data_type: DataType| Output {
            column: OutputColumn {
                name: name.into(),
                data_type,
                nullable: false,
            },
            value: OutputValue::Own,
        };
        let mut outputs = vec![
            own(START, START_TYPE),
            own(LOCAL_START, DataType::Timestamp),
        ];
        if let Some(pieces) = &self.pieces {
            outputs.push(own(PIECE, DataType::BigInt));
            outputs.push(Output {
                column: OutputColumn {
                    name: pieces.name.clone(),
                    data_type: pieces.data_type,
                    nullable: true,
                },
                value: OutputValue::Node(pieces.node.clone()),
            });
        }
        outputs.extend(self.numbers.0.iter().map(Output::of_number));
        outputs
    }
}

fn column(word: &Cow<'static, str>, name: &'static str) -> Expr {
    Expr::col((iden(word), name.into_iden()))
}

/// That two sub-selects have the same keys.
fn same(keys: &[&'static str], left: &Cow<'static, str>, right: &Cow<'static, str>) -> Condition {
    keys.iter()
        .map(|key| column(left, key).eq(column(right, key)))
        .fold(Condition::all(), Condition::add)
}

impl sealed::Sealed for Series {}

impl Part for Series {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = crate::aggregate::answer::SeriesRows;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        self.check()?;
        let renderer = writer.0;
        let numbers = || self.numbers.0.iter().map(AsRef::<NumberNode>::as_ref);
        let piece_name = self.pieces.as_ref().map_or(PIECE, |pieces| &pieces.name);
        let taken = [START, LOCAL_START, PIECE, STRETCHES, STRETCH, piece_name];
        let leaves = Leaves::new(renderer, numbers(), &taken);
        let top = match &self.pieces {
            Some(pieces) => {
                let top = self.top(renderer, pieces)?;
                Some((pieces, Scope::root(renderer.name("top", top))))
            }
            None => None,
        };
        let select = self.select(renderer, &leaves, top.as_ref().map(|(_, scope)| scope))?;
        Ok(Written {
            select,
            outputs: self.outputs(),
        })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: crate::aggregate::answer::Cells) -> Result<Self::Answer, Error> {
        let top = self.pieces.as_ref().map(|pieces| pieces.top);
        Ok(crate::aggregate::answer::SeriesRows::new(cells, top))
    }
}
