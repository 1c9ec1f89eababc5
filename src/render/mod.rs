//! From pagewise's words to sea-query's: scopes, tenants, conditions and paths.
//!
//! Everything that reads a table goes through [`Renderer::source`], so that no table with a tenant column
//! gets into a statement unbound.

mod condition;
mod each_row;
mod link_count;
mod linked;
mod name;
mod named;
mod order;
mod path;
mod row_sets;
mod scope;
mod value;

use std::cell::{Cell, RefCell};

use sea_query::{
    Expr, ExprTrait, Func, IntoIden, Query, SelectStatement, TableName, TableRef, Value,
};

use self::each_row::EachRow;
use self::named::Named;
use self::row_sets::RowSets;
use crate::aggregate;
use crate::annotation;
use crate::error::Error;
use crate::expression::{ADD, BUCKET, FIRST_DAY, LOCAL_DATE, MINUTES_BETWEEN, Node};
use crate::order::OrderNode;
use crate::schema::{DataType, Definition, Tenancy, Tenant};

pub(crate) use self::condition::side_by_side;
pub(crate) use self::each_row::Owner;
pub(crate) use self::name::{NAME_BYTES, free_name, iden, is_name, select_as};
pub(crate) use self::path::all;
pub(crate) use self::row_sets::{Held, RowSet, START, Split};
pub(crate) use self::scope::{Holder, Scope};
pub(crate) use self::value::{
    any_of, bound, comparable, count_all, reject_nul, reject_nul_text, sub_select,
};

/// What the parts of one statement have in common.
pub(crate) struct Renderer<'a> {
    tenant: Option<&'a Tenant>,
    /// The rows are everybody's, and what is read for one of them is of its tenant.
    each_row: Option<EachRow>,
    /// As many links as are found without a second thought.
    few_links: u32,
    /// The tables that have been read.
    read: RefCell<Vec<Definition>>,
    /// The materialized views that have been read, found by the search path.
    read_views: RefCell<Vec<&'static str>>,
    /// How many conditions and functions are around what is being written.
    depth: Cell<u32>,
    named: Named,
    row_sets: RowSets,
    /// The sets of rows that were written, with the values of them that are read: what indexes are wanted for.
    #[cfg(feature = "plan")]
    rows_read: RefCell<Vec<RowsRead>>,
}

/// Rows that a statement reads.
#[cfg(feature = "plan")]
#[derive(Clone, Debug)]
pub(crate) struct RowsRead {
    pub definition: Definition,
    pub filters: Vec<crate::predicate::PredicateNode>,
    pub required: Option<aggregate::Required>,
    pub values: Vec<Node>,
}

impl<'a> Renderer<'a> {
    pub fn new(tenant: Option<&'a Tenant>, few_links: u32) -> Self {
        Self {
            tenant,
            each_row: None,
            few_links,
            read: RefCell::new(Vec::with_capacity(8)),
            read_views: RefCell::default(),
            depth: Cell::new(0),
            named: Named::default(),
            row_sets: RowSets::default(),
            #[cfg(feature = "plan")]
            rows_read: RefCell::default(),
        }
    }

    /// Notes that rows are read.
    #[cfg(feature = "plan")]
    pub fn note_rows(&self, rows: RowsRead) {
        self.rows_read.borrow_mut().push(rows);
    }

    /// The rows that have been read.
    #[cfg(feature = "plan")]
    pub fn rows_read(&self) -> Vec<RowsRead> {
        self.rows_read.borrow().clone()
    }

    /// Whether a table of this name was read, found by the search path.
    pub fn has_read(&self, table: &str) -> bool {
        self.read
            .borrow()
            .iter()
            .any(|read| read.schema.is_none() && read.table == table)
            || self.read_views.borrow().contains(&table)
    }

    /// A materialized view is read.
    pub fn read_view(&self, schema: Option<&'static str>, name: &'static str) {
        if schema.is_none() {
            self.read_views.borrow_mut().push(name);
        }
    }

    /// A table as a row of `scope`, and what binds it to the tenant.
    ///
    /// `by_foreign_key`: the row is reached by a foreign key from one that is bound already, so that a table
    /// whose tenant is its parent's needs no more. A table with a column of its own is bound always.
    pub fn source(
        &self,
        definition: Definition,
        scope: &Scope<'_>,
        by_foreign_key: bool,
    ) -> Result<(TableRef, Option<Expr>), Error> {
        self.read.borrow_mut().push(definition);
        let schema = definition.schema.map(Into::into);
        let table = TableName(schema, definition.table.into_iden());
        let table = TableRef::Table(table, Some(scope.iden()));
        let bound = match &definition.tenancy {
            Tenancy::Column { name, data_type } => {
                let whose = match &self.each_row {
                    Some(row) => row.tenant(definition.table, name, *data_type)?,
                    None => self.tenant(definition.table, name, *data_type)?.into(),
                };
                Some(scope.column(name).eq(whose))
            }
            Tenancy::Through { .. } if by_foreign_key => None,
            Tenancy::Through { from, parent } => {
                let inner = scope.inside(parent.alias);
                let (table, bound) = self.source(parent, &inner, false)?;
                let mut select = Query::select();
                select
                    .expr(Expr::cust("1"))
                    .from(table)
                    .and_where(inner.column(parent.key).eq(scope.column(from)))
                    .and_where_option(bound);
                Some(Expr::exists(select))
            }
            Tenancy::Shared => None,
        };
        Ok((table, bound))
    }

    /// The tenant, as a value of a table's column.
    pub fn tenant(
        &self,
        table: &'static str,
        column: &'static str,
        data_type: DataType,
    ) -> Result<Value, Error> {
        let tenant = self.tenant.ok_or(Error::TenantRequired { table, column })?;
        let value = tenant
            .for_column(data_type)
            .map_err(|given| Error::TenantType {
                table,
                column,
                expected: data_type,
                given,
            })?;
        reject_nul(column, &value)?;
        Ok(value)
    }

    /// A value of the row of `scope`.
    pub fn expression(&self, scope: &Scope<'_>, node: &Node) -> Result<Expr, Error> {
        if let Some(held) = scope.held(node) {
            return Ok(held);
        }
        Ok(match node {
            Node::Column(name) => scope.column(name),
            Node::Constant(text) => {
                reject_nul_text("a constant", text)?;
                Expr::Constant((*text).into())
            }
            Node::Value(value) | Node::NamedValue(value) => {
                reject_nul("a value", value)?;
                bound(value.clone())
            }
            Node::Function(name, arguments) => {
                self.function(name, arguments, |argument| self.expression(scope, argument))?
            }
            Node::Annotation(annotation) => match scope.annotation(annotation) {
                Some(held) => held,
                None => annotation::scalar(self, scope, annotation)?,
            },
            Node::Kept(kept) => match scope.annotation(&kept.annotation) {
                Some(held) => held,
                None => annotation::scalar(self, scope, &kept.annotation)?,
            },
        })
    }

    /// A function of other values, each written by `write`.
    pub fn function(
        &self,
        name: &'static str,
        arguments: &[Node],
        write: impl Fn(&Node) -> Result<Expr, Error>,
    ) -> Result<Expr, Error> {
        let nodes = arguments;
        let arguments: Vec<_> =
            self.deeper(|| arguments.iter().map(write).collect::<Result<_, _>>())?;
        Ok(match name {
            BUCKET => aggregate::bucket::write(nodes, arguments),
            MINUTES_BETWEEN => {
                Expr::cust_with_exprs("EXTRACT(EPOCH FROM ($2 - $1)) / 60", arguments)
                    .cast_as(DataType::DoublePrecision.to_string())
            }
            ADD => {
                let sum = arguments.into_iter().reduce(ExprTrait::add);
                sum.unwrap_or(Expr::null())
            }
            "coalesce" => Func::coalesce(arguments).into(),
            LOCAL_DATE => Expr::from(Func::cust("timezone").args(arguments))
                .cast_as(DataType::Date.to_string()),
            // Of a date itself, it would go by the session's time zone.
            FIRST_DAY => Expr::cust_with_exprs("date_trunc($1, CAST($2 AS timestamp))", arguments)
                .cast_as(DataType::Date.to_string()),
            name => Func::cust(name).args(arguments).into(),
        })
    }

    /// Appends sort keys, NULL written out.
    pub fn order_by(
        &self,
        scope: &Scope<'_>,
        orders: &[OrderNode],
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        for order in orders {
            let key = self.expression(scope, &order.node)?;
            let (direction, nulls) = order.sql();
            select.order_by_expr_with_nulls(key, direction, nulls);
        }
        Ok(())
    }
}
