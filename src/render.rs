//! From pagewise's words to sea-query's: scopes, tenants, conditions and paths.
//!
//! Everything that reads a table goes through [`Renderer::source`], so that no table with a tenant column
//! gets into a statement unbound.

use std::borrow::Cow;

use sea_query::{
    BinOper, Condition, DynIden, Expr, ExprTrait, Func, IntoIden, JoinType, NullOrdering, Query,
    SelectStatement, TableName, TableRef, Value, extension::postgres::PgBinOper,
};

use crate::annotation;
use crate::error::Error;
use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::{Definition, Hop, Path, Tenancy, Tenant};

/// Where a column is looked up: a row of the statement, inside the rows around it.
pub(crate) struct Scope<'a> {
    word: Cow<'static, str>,
    around: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    pub fn root(word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            word: word.into(),
            around: None,
        }
    }

    /// A row inside this one, called by `word`, or by a longer word if that is taken: a name that an inner row
    /// takes from an outer one would silently compare the inner row with itself.
    pub fn inside(&'a self, word: &'static str) -> Scope<'a> {
        let mut word = Cow::Borrowed(word);
        while self.knows(&word) {
            word = Cow::Owned(format!("related_{word}"));
        }
        Scope {
            word,
            around: Some(self),
        }
    }

    fn knows(&self, word: &str) -> bool {
        self.word == word || self.around.is_some_and(|around| around.knows(word))
    }

    pub fn iden(&self) -> DynIden {
        iden(&self.word)
    }

    pub fn column(&self, name: &'static str) -> Expr {
        Expr::col((self.iden(), name.into_iden()))
    }
}

/// A name as sea-query wants it.
pub(crate) fn iden(name: &Cow<'static, str>) -> DynIden {
    match name {
        Cow::Borrowed(name) => (*name).into_iden(),
        Cow::Owned(name) => name.clone().into_iden(),
    }
}

/// What the parts of one statement have in common.
pub(crate) struct Renderer<'a> {
    pub tenant: Option<&'a Tenant>,
}

impl Renderer<'_> {
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
        let schema = definition.schema.map(Into::into);
        let table = TableName(schema, definition.table.into_iden());
        let table = TableRef::Table(table, Some(scope.iden()));
        let bound = match &definition.tenancy {
            Tenancy::Column { name, data_type } => {
                let tenant = self.tenant.ok_or(Error::TenantRequired {
                    table: definition.table,
                    column: name,
                })?;
                let value = tenant
                    .for_column(*data_type)
                    .map_err(|given| Error::TenantType {
                        table: definition.table,
                        column: name,
                        expected: *data_type,
                        given,
                    })?;
                if let Value::String(Some(text)) = &value {
                    reject_nul(name, text)?;
                }
                Some(scope.column(name).eq(value))
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

    /// A value of the row of `scope`.
    pub fn expression(&self, scope: &Scope<'_>, node: &Node) -> Result<Expr, Error> {
        Ok(match node {
            Node::Column(name) => scope.column(name),
            Node::Value(value) => Expr::Value(value.clone()),
            Node::Function(name, arguments) => {
                let arguments = arguments
                    .iter()
                    .map(|argument| self.expression(scope, argument))
                    .collect::<Result<Vec<_>, _>>()?;
                match *name {
                    "coalesce" => Func::coalesce(arguments).into(),
                    name => Func::cust(name).args(arguments).into(),
                }
            }
            Node::Annotation(annotation) => annotation::scalar(self, scope, annotation)?,
        })
    }

    /// A condition on the row of `scope`.
    pub fn predicate(&self, scope: &Scope<'_>, node: &PredicateNode) -> Result<Expr, Error> {
        Ok(match node {
            PredicateNode::Compare(left, how, right) => {
                if let Node::Value(Value::String(Some(text))) = right {
                    reject_nul(&label(left), text)?;
                }
                let right = self.expression(scope, right)?;
                self.expression(scope, left)?.binary(operator(*how), right)
            }
            PredicateNode::IsNull {
                node,
                negated: false,
            } => self.expression(scope, node)?.is_null(),
            PredicateNode::IsNull {
                node,
                negated: true,
            } => self.expression(scope, node)?.is_not_null(),
            PredicateNode::AnyOf {
                node,
                array,
                element,
                negated,
            } => {
                if let Value::Array(_, Some(elements)) = array {
                    for element in elements.iter() {
                        if let Value::String(Some(text)) = element {
                            reject_nul(&label(node), text)?;
                        }
                    }
                }
                // The cast names the type, so that no operator has to be guessed from an untyped array.
                let array = Expr::Value(array.clone()).cast_as(element.array_name());
                let (how, over) = if *negated {
                    ("<>", "ALL")
                } else {
                    ("=", "ANY")
                };
                self.expression(scope, node)?
                    .binary(BinOper::Custom(how), Func::cust(over).arg(array))
            }
            PredicateNode::Like {
                node,
                pattern,
                ignore_case,
            } => {
                reject_nul(&label(node), pattern)?;
                let how = if *ignore_case {
                    BinOper::PgOperator(PgBinOper::ILike)
                } else {
                    BinOper::Like
                };
                self.expression(scope, node)?.binary(how, pattern.clone())
            }
            PredicateNode::Exists {
                path,
                filter,
                negated,
            } => {
                let mut select = self.path(scope, path, filter.as_deref(), |_, _, _| Ok(()))?;
                select.expr(Expr::cust("1"));
                if *negated {
                    Expr::not_exists(select)
                } else {
                    Expr::exists(select)
                }
            }
            PredicateNode::All(all) => {
                self.combined(scope, all, "TRUE", |left, right| left.and(right))?
            }
            PredicateNode::Any(any) => {
                self.combined(scope, any, "FALSE", |left, right| left.or(right))?
            }
            PredicateNode::Not(inner) => self.predicate(scope, inner)?.not(),
        })
    }

    fn combined(
        &self,
        scope: &Scope<'_>,
        nodes: &[PredicateNode],
        of_none: &'static str,
        combine: impl Fn(Expr, Expr) -> Expr,
    ) -> Result<Expr, Error> {
        let mut combined = None;
        for node in nodes {
            let next = self.predicate(scope, node)?;
            combined = Some(match combined {
                Some(before) => combine(before, next),
                None => next,
            });
        }
        Ok(combined.unwrap_or_else(|| Expr::cust(of_none)))
    }

    /// A condition as a list that is joined by AND.
    pub fn conjuncts(
        &self,
        scope: &Scope<'_>,
        node: &PredicateNode,
        into: &mut Vec<Expr>,
    ) -> Result<(), Error> {
        match node {
            PredicateNode::All(all) => {
                for node in all {
                    self.conjuncts(scope, node, into)?;
                }
            }
            node => into.push(self.predicate(scope, node)?),
        }
        Ok(())
    }

    /// `FROM` the tables of a path, tied to the row of `outer`, each bound to its tenant; `write` adds what is
    /// selected, given the row at the end of the path.
    pub fn path(
        &self,
        outer: &Scope<'_>,
        path: &Path,
        filter: Option<&PredicateNode>,
        write: impl FnOnce(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<SelectStatement, Error> {
        let mut select = Query::select();
        self.hops(
            outer,
            &path.hops,
            true,
            &mut select,
            &mut |renderer, scope, select| {
                let mut conditions = Vec::new();
                if let Some(filter) = filter {
                    renderer.conjuncts(scope, filter, &mut conditions)?;
                }
                for condition in conditions {
                    select.and_where(condition);
                }
                Ok(())
            },
            write,
        )?;
        Ok(select)
    }

    /// Joins `hops` one inside the other, so that each has a name that none around it has.
    fn hops(
        &self,
        before: &Scope<'_>,
        hops: &[Hop],
        first: bool,
        select: &mut SelectStatement,
        filter: &mut dyn FnMut(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
        write: impl FnOnce(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some((hop, rest)) = hops.split_first() else {
            filter(self, before, select)?;
            return write(self, before, select);
        };
        let scope = before.inside(hop.definition.alias);
        let (table, conditions) = self.hop(before, &scope, hop)?;
        if first {
            select.from(table);
            for condition in conditions {
                select.and_where(condition);
            }
        } else {
            select.join(JoinType::InnerJoin, table, all(conditions));
        }
        self.hops(&scope, rest, false, select, filter, write)
    }

    /// The table of a hop and everything that ties it to the row before.
    pub fn hop(
        &self,
        before: &Scope<'_>,
        scope: &Scope<'_>,
        hop: &Hop,
    ) -> Result<(TableRef, Vec<Expr>), Error> {
        let (table, bound) = self.source(hop.definition, scope, hop.foreign_key)?;
        let mut conditions = vec![scope.column(hop.to).eq(before.column(hop.from))];
        conditions.extend(bound);
        if let Some(condition) = &hop.condition {
            self.conjuncts(scope, condition, &mut conditions)?;
        }
        Ok((table, conditions))
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
    pub fn sql(self) -> sea_query::Order {
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

/// Conditions joined by AND; `TRUE` if there is none.
pub(crate) fn all(conditions: Vec<Expr>) -> Condition {
    conditions
        .into_iter()
        .fold(Condition::all(), Condition::add)
}

fn operator(how: Comparison) -> BinOper {
    match how {
        Comparison::Equal => BinOper::Equal,
        Comparison::NotEqual => BinOper::NotEqual,
        Comparison::Less => BinOper::SmallerThan,
        Comparison::LessOrEqual => BinOper::SmallerThanOrEqual,
        Comparison::Greater => BinOper::GreaterThan,
        Comparison::GreaterOrEqual => BinOper::GreaterThanOrEqual,
        Comparison::DistinctFrom => BinOper::Custom("IS DISTINCT FROM"),
        Comparison::NotDistinctFrom => BinOper::Custom("IS NOT DISTINCT FROM"),
    }
}

/// PostgreSQL's text cannot hold NUL; the server's own message would not say which value it was.
fn reject_nul(column: &str, text: &str) -> Result<(), Error> {
    if text.contains('\0') {
        return Err(Error::NulInText {
            column: column.to_owned().into(),
        });
    }
    Ok(())
}

/// What to call a value in a message.
fn label(node: &Node) -> Cow<'static, str> {
    match node {
        Node::Column(name) => Cow::Borrowed(name),
        Node::Value(_) => Cow::Borrowed("a value"),
        Node::Function(_, arguments) => {
            arguments.first().map_or(Cow::Borrowed("a function"), label)
        }
        Node::Annotation(annotation) => annotation.name.clone(),
    }
}
