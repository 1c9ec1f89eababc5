//! From pagewise's words to sea-query's: scopes, tenants, conditions and paths.
//!
//! Everything that reads a table goes through [`Renderer::source`], so that no table with a tenant column
//! gets into a statement unbound.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;
use std::cell::RefCell;

use sea_query::{
    BinOper, Condition, DynIden, Expr, ExprTrait, Func, IntoIden, JoinType, NullOrdering, Query,
    SelectStatement, TableName, TableRef, Value, extension::postgres::PgBinOper,
};

use crate::annotation;
use crate::error::Error;
use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::{DataType, Definition, Hop, Path, Tenancy, Tenant};

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
        if self.knows(&word) {
            word = free_name("related_", &word, |word| self.knows(word));
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

/// Longer names are cut off by PostgreSQL, so that two of them may become one.
pub(crate) const NAME_BYTES: usize = 63;

/// What cannot be a name, whatever it is to be the name of.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES && !name.contains('\0')
}

/// The name with as many of the prefixes before it as make it free; with a number if there is no room for them.
pub(crate) fn free_name(
    prefix: &str,
    name: &str,
    is_taken: impl Fn(&str) -> bool,
) -> Cow<'static, str> {
    let mut free = format!("{prefix}{name}");
    while free.len() <= NAME_BYTES {
        if !is_taken(&free) {
            return Cow::Owned(free);
        }
        free.insert_str(0, prefix);
    }
    let numbered = (2_u32..).map(|number| {
        let number = format!("_{number}");
        let mut end = NAME_BYTES - number.len();
        while !free.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{number}", &free[..end])
    });
    // Names are few, numbers are not.
    let mut unused = numbered.filter(|name| !is_taken(name));
    Cow::Owned(unused.next().unwrap_or_default())
}

/// What the parts of one statement have in common.
pub(crate) struct Renderer<'a> {
    tenant: Option<&'a Tenant>,
    /// The tables that have been read.
    read: RefCell<Vec<Definition>>,
}

impl<'a> Renderer<'a> {
    pub fn new(tenant: Option<&'a Tenant>) -> Self {
        Self {
            tenant,
            read: RefCell::new(Vec::with_capacity(8)),
        }
    }

    /// Whether a table of this name was read, found by the search path.
    pub fn has_read(&self, table: &str) -> bool {
        self.read
            .borrow()
            .iter()
            .any(|read| read.schema.is_none() && read.table == table)
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
                reject_nul(name, &value)?;
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
            Node::Value(value) => bound(value.clone()),
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
                let mut compared = self.expression(scope, left)?;
                if let Node::Value(value) = right {
                    reject_nul(&label(left), value)?;
                    compared = comparable(compared, DataType::of_value(value));
                }
                compared.binary(operator(*how), self.expression(scope, right)?)
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
                array: Value::Array(_, Some(arrays)),
                element: DataType::Array(_),
                negated,
            } => self.one_of_arrays(scope, node, arrays, *negated)?,
            PredicateNode::AnyOf {
                node,
                array,
                element,
                negated,
            } => {
                reject_nul(&label(node), array)?;
                // The cast names the type, so that no operator has to be guessed from an untyped array.
                let array = Expr::Value(array.clone());
                let array = match element {
                    // Sent as texts: only the server knows the enumeration.
                    DataType::Enumeration(_) => {
                        array.cast_as("text[]").cast_as(element.array_name())
                    }
                    element => array.cast_as(element.array_name()),
                };
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
                reject_nul_text(&label(node), pattern)?;
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

    /// One of several arrays, compared one by one: PostgreSQL takes an array of arrays for one of two dimensions.
    fn one_of_arrays(
        &self,
        scope: &Scope<'_>,
        node: &Node,
        arrays: &[Value],
        negated: bool,
    ) -> Result<Expr, Error> {
        let how = if negated {
            Comparison::NotEqual
        } else {
            Comparison::Equal
        };
        let compare =
            |array: &Value| PredicateNode::Compare(node.clone(), how, Node::Value(array.clone()));
        let each = arrays.iter().map(compare).collect();
        self.predicate(
            scope,
            &if negated {
                PredicateNode::All(each)
            } else {
                PredicateNode::Any(each)
            },
        )
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
        let direction = match self.direction {
            Direction::Ascending => sea_query::Order::Asc,
            Direction::Descending => sea_query::Order::Desc,
        };
        let nulls = match self.nulls {
            Nulls::First => NullOrdering::First,
            Nulls::Last => NullOrdering::Last,
        };
        (direction, nulls)
    }
}

/// Adds an output; `AS` is written where the output is called otherwise than its column.
pub(crate) fn select_as(select: &mut SelectStatement, value: Expr, name: &Cow<'static, str>) {
    let name = iden(name);
    match &value {
        Expr::Column(column) if column.column() == Some(&name) => select.expr(value),
        _ => select.expr_as(value, name),
    };
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

/// A bound value. An array says of what, which its text with the values written in does not.
pub(crate) fn bound(value: Value) -> Expr {
    match (DataType::of_value(&value), value) {
        (Some(DataType::Array(element)), value) => Expr::Value(value).cast_as(element.array_name()),
        (_, value) => Expr::Value(value),
    }
}

/// What is compared with a bound value of a type. PostgreSQL compares varchar with text, but not arrays of them.
pub(crate) fn comparable(compared: Expr, with: Option<DataType>) -> Expr {
    match with {
        Some(DataType::Array(DataType::Text)) => compared.cast_as(DataType::Text.array_name()),
        _ => compared,
    }
}

/// PostgreSQL's text cannot hold NUL; the server's own message would not say which value it was.
pub(crate) fn reject_nul(column: &str, value: &Value) -> Result<(), Error> {
    match value {
        Value::String(Some(text)) => reject_nul_text(column, text),
        Value::Array(_, Some(elements)) => elements
            .iter()
            .try_for_each(|element| reject_nul(column, element)),
        _ => Ok(()),
    }
}

pub(crate) fn reject_nul_text(column: &str, text: &str) -> Result<(), Error> {
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
