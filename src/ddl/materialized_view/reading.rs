//! What reading the rows of a view as they are, and put together again, have in common.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Func, IntoIden, NullOrdering, Order, Query, TableName, TableRef};

use super::error::MaterializedViewError;
use super::layout::{Kept, Layout};
use super::view::{Key, ViewNode};
use crate::aggregate::{
    Aggregated, NumberNode, NumberOrder, NumberValue, Output, OutputValue, Written,
};
use crate::annotation::{Aggregate, AnnotationNode};
use crate::error::Error;
use crate::expression::Node;
use crate::predicate::PredicateNode;
use crate::render::{Holder, Renderer, Scope, bound, iden, select_as, side_by_side};
use crate::schema::{DataType, Tenancy};
use crate::statement::OutputColumn;

/// The word by which emitted SQL calls a row of a view.
const WORD: &str = "kept";

/// What is asked of a view.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub view: Arc<ViewNode>,
    pub filters: Vec<PredicateNode>,
    pub numbers: Vec<Arc<NumberNode>>,
    pub orders: Vec<NumberOrder>,
    pub limit: u32,
}

/// Whether rows of the view are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    Own,
    Coarser,
}

impl Asked {
    pub fn of(view: &Arc<ViewNode>) -> Self {
        /// So many rows are given at most, unless the host says otherwise.
        const MAX_ROWS: u32 = 10_000;
        Self {
            view: Arc::clone(view),
            filters: Vec::new(),
            numbers: Vec::new(),
            orders: Vec::new(),
            limit: MAX_ROWS,
        }
    }

    /// `SELECT keys, numbers FROM view WHERE tenant AND filters`, grouped by the keys if they are coarser than the view's.
    pub fn write(
        &self,
        renderer: &Renderer<'_>,
        keys: &[Key],
        grain: Grain,
    ) -> Result<Written, Error> {
        let view = &*self.view;
        let layout = view.layout()?;
        if self.numbers.is_empty() {
            return Err(Error::Incomplete {
                what: "no measure was asked for",
                with: ".measures(..)",
            });
        }
        let kept_row = KeptRow {
            view,
            unknown: RefCell::default(),
        };
        let scope = Scope::root(WORD).held_by(&kept_row);

        let mut select = Query::select();
        let schema = view.schema.map(Into::into);
        let table = TableName(schema, view.name.into_iden());
        select.from(TableRef::Table(table, Some(scope.iden())));
        renderer.read_view(view.schema, view.name);
        if let Some((name, data_type)) = layout.tenant {
            let tenant = renderer.tenant(view.name, name, data_type)?;
            select.and_where(Expr::col((WORD, name)).eq(tenant));
        }
        let mut conditions = Vec::new();
        for filter in &self.filters {
            renderer.conjuncts(&scope, filter, &mut conditions)?;
        }
        for condition in side_by_side(conditions) {
            select.and_where(condition);
        }
        for key in keys {
            select_as(
                &mut select,
                renderer.expression(&scope, &key.node)?,
                &key.name,
            );
        }
        let number = |number: &NumberNode| self.number(&layout, number, grain);
        for shown in &self.numbers {
            select_as(&mut select, number(shown)?, &shown.name);
        }
        let ordinal = |position: usize| Expr::cust((position + 1).to_string());
        if grain == Grain::Coarser {
            select.add_group_by((0..keys.len()).map(ordinal));
        }
        for order in &self.orders {
            let nulls = order.nulls().sql();
            select.order_by_expr_with_nulls(number(&order.node)?, order.direction.sql(), nulls);
        }
        for position in 0..keys.len() {
            select.order_by_expr_with_nulls(ordinal(position), Order::Asc, NullOrdering::Last);
        }
        // A total is one row.
        if self.limit < u32::MAX && !keys.is_empty() {
            select.limit(self.limit.into());
        }
        if let Some(name) = kept_row.unknown.take() {
            return Err(self.not_kept(name));
        }
        let outputs = keys.iter().map(|key| Output {
            column: OutputColumn {
                name: key.name.clone(),
                data_type: key.data_type,
                nullable: key.nullable,
            },
            value: OutputValue::Node(key.node.clone()),
        });
        let outputs = outputs
            .chain(self.numbers.iter().map(Output::of_number))
            .collect();
        Ok(Written { select, outputs })
    }

    fn not_kept(&self, name: impl Into<Cow<'static, str>>) -> Error {
        let (view, name) = (self.view.name, name.into());
        MaterializedViewError::NotKept { view, name }.into()
    }

    /// A number, computed of the aggregates that are kept.
    fn number(&self, layout: &Layout, number: &NumberNode, grain: Grain) -> Result<Expr, Error> {
        let inner = |number: &NumberNode| self.number(layout, number, grain);
        Ok(match &number.value {
            NumberValue::Aggregate(aggregated) => match layout.find(aggregated) {
                Some(kept) => again(kept, aggregated, grain)?,
                None => return Err(self.not_kept(number.name.clone())),
            },
            NumberValue::Or(number, otherwise) => {
                Func::coalesce([inner(number)?, bound(otherwise.clone())]).into()
            }
            NumberValue::Ratio(dividend, divisor, zero) => {
                let dividend = inner(dividend)?.cast_as(DataType::DoublePrecision.to_string());
                let divisor = Func::cust("NULLIF").args([inner(divisor)?, Expr::cust("0")]);
                Func::coalesce([dividend.div(divisor), Expr::val(*zero)]).into()
            }
            NumberValue::Times(number, factor) => inner(number)?.mul(Expr::val(*factor)),
        })
    }
}

/// An aggregate of the rows themselves, of what is kept.
fn again(kept: &Kept, aggregated: &Aggregated, grain: Grain) -> Result<Expr, Error> {
    let column = |name: &Cow<'static, str>| Expr::col((WORD.into_iden(), iden(name)));
    let all = |function: &'static str, value: Expr| match grain {
        Grain::Own => value,
        Grain::Coarser => Func::cust(function).arg(value).into(),
    };
    let value = || column(&kept.name);
    Ok(match &aggregated.aggregate {
        Aggregate::Average(_) => {
            let sum = all("SUM", column(&kept.sum()));
            let count = all("SUM", column(&kept.count()));
            let divisor = Func::cust("NULLIF").args([count, Expr::cust("0")]);
            sum.div(divisor)
                .cast_as(DataType::DoublePrecision.to_string())
        }
        _ if grain == Grain::Own => value(),
        Aggregate::Min(_) => all("MIN", value()),
        Aggregate::Max(_) => all("MAX", value()),
        Aggregate::Count | Aggregate::Sum { .. } => {
            let sum = all("SUM", value()).cast_as(kept.data_type.to_string());
            Func::coalesce([sum, Expr::cust("0")]).into()
        }
        _ => {
            let name = kept.name.clone();
            return Err(MaterializedViewError::DoesNotAddUp { name }.into());
        }
    })
}

/// A row of the view: what it has of the row that the view is of.
struct KeptRow<'a> {
    view: &'a ViewNode,
    /// A column was read that the view does not have.
    unknown: RefCell<Option<&'static str>>,
}

impl KeptRow<'_> {
    /// Rows that have their tenant from others may have a column of that name, too, which is not it.
    fn is_own_tenant(&self, column: &str) -> bool {
        matches!(self.view.rows.definition.tenancy, Tenancy::Column { name, .. } if name == column)
    }
}

impl Holder for KeptRow<'_> {
    fn reads(&self, column: &'static str) -> Cow<'static, str> {
        let mut keys = self.view.keys.iter();
        let key = keys.find(|key| key.node == Node::Column(column));
        match key {
            Some(key) => key.name.clone(),
            None if self.is_own_tenant(column) => column.into(),
            None => {
                self.unknown.borrow_mut().get_or_insert(column);
                column.into()
            }
        }
    }

    fn knows(&self, _: &str) -> bool {
        false
    }

    fn annotation(&self, _: &Scope<'_>, _: &Arc<AnnotationNode>) -> Option<Expr> {
        None
    }

    fn value(&self, scope: &Scope<'_>, node: &Node) -> Option<Expr> {
        let mut keys = self.view.keys.iter();
        let key = keys.find(|key| key.node.is_same_value(node))?;
        Some(scope.output(&key.name))
    }
}

/// What an error of the server's says of a view.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(super) fn explain(view: &ViewNode, error: Error) -> Error {
    use crate::driver::message::is_about;
    use crate::driver::wire::error::SqlState;
    let Error::Database { source, .. } = &error else {
        return error;
    };
    let Some(refused) = source.as_db_error() else {
        return error;
    };
    // In whatever language; in a message about a name that is not there, it is after its schema.
    let names = [
        Some(view.name.to_owned()),
        view.schema.map(|schema| format!("{schema}.{}", view.name)),
    ];
    let mut names = names.iter().flatten();
    let is_about = names.any(|name| is_about(refused.message(), name));
    let view = view.name;
    match refused.code() {
        code if *code == SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE && is_about => {
            MaterializedViewError::NotPopulated { view }.into()
        }
        code if *code == SqlState::UNDEFINED_TABLE && is_about => {
            MaterializedViewError::Missing { view }.into()
        }
        // Of the view the statement reads columns by its declaration alone.
        code if *code == SqlState::UNDEFINED_COLUMN
            && refused.message().contains(&format!("{WORD}.")) =>
        {
            MaterializedViewError::Changed { view }.into()
        }
        _ => error,
    }
}
