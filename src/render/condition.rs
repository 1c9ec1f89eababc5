//! Conditions.

use std::borrow::Cow;

use sea_query::{
    BinOper, Expr, ExprTrait, Func, Query, SelectStatement, Value, extension::postgres::PgBinOper,
};

use super::value::{bound, comparable, reject_nul, reject_nul_text, sub_select};
use super::{Renderer, RowSet, Scope, iden};
use crate::aggregate::{self, ValuesNode};
use crate::error::Error;
use crate::expression::Node;
use crate::predicate::{ArrayComparison, Comparison, PredicateNode};
use crate::schema::{DataType, Path};

/// How many conditions and functions may be one inside the other.
const DEEPEST: u32 = 64;

/// How many conditions may be a chain to sea-query, at each depth.
const LONGEST_CHAIN: usize = 8;

/// A set of rows that is written where it is read.
const ROWS: &str = "rows";

/// How many may be one where nothing is around them.
const LONGEST_LIST: usize = 64;

impl Renderer<'_> {
    /// A condition on the row of `scope`.
    ///
    /// Conditions may be made from a request, and each one inside another takes its share of the stack, here and in
    /// sea-query: so there is a limit.
    pub fn predicate(&self, scope: &Scope<'_>, node: &PredicateNode) -> Result<Expr, Error> {
        self.deeper(|| self.condition(scope, node))
    }

    /// One deeper than what is around.
    pub(super) fn deeper<T>(&self, write: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if self.depth.get() == DEEPEST {
            return Err(Error::TooDeep { limit: DEEPEST });
        }
        self.depth.set(self.depth.get() + 1);
        let written = write();
        self.depth.set(self.depth.get() - 1);
        written
    }

    fn condition(&self, scope: &Scope<'_>, node: &PredicateNode) -> Result<Expr, Error> {
        Ok(match node {
            PredicateNode::Compare(left, how, right) => {
                let mut compared = self.expression(scope, left)?;
                if let Node::Value(value) | Node::NamedValue(value) = right {
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
                let (how, over) = quantified(*negated);
                self.expression(scope, node)?
                    .binary(how, Func::cust(over).arg(self::array(array, *element)))
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
            PredicateNode::CompareArray { node, how, values } => {
                reject_nul(&label(node), values)?;
                let array = self.expression(scope, node)?;
                let how = match how {
                    ArrayComparison::Overlaps => PgBinOper::Overlap,
                    ArrayComparison::ContainsAll => PgBinOper::Contains,
                };
                comparable(array, DataType::of_value(values))
                    .binary(BinOper::PgOperator(how), bound(values.clone()))
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
            PredicateNode::Linked(linked, form) => {
                self.of_one_tenant("links")?;
                self.linked(scope, linked, *form)?
            }
            PredicateNode::All(all) => self.combined(scope, all, BinOper::And, "TRUE")?,
            PredicateNode::Any(any) => self.combined(scope, any, BinOper::Or, "FALSE")?,
            PredicateNode::OneOfRows {
                path,
                filter,
                negated,
            } => self.one_of_rows(scope, path, filter, *negated)?,
            PredicateNode::InRows {
                node,
                values,
                negated,
            } => self.one_of_values(scope, node, values, *negated)?,
            PredicateNode::Not(inner) => self.predicate(scope, inner)?.not(),
            PredicateNode::NotTrue(inner) => self
                .predicate(scope, inner)?
                .binary(BinOper::IsNot, Expr::custom_keyword("TRUE")),
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

    /// One of the rows that are found first, once and not for each row of `scope`.
    fn one_of_rows(
        &self,
        scope: &Scope<'_>,
        path: &Path,
        filter: &PredicateNode,
        negated: bool,
    ) -> Result<Expr, Error> {
        self.of_one_tenant("is_one_of")?;
        let first = path.hops.first();
        let Some((first, to)) = first.and_then(|first| Some((first, first.to.column()?))) else {
            let filter = Some(Box::new(filter.clone()));
            let path = path.clone();
            return self.predicate(
                scope,
                &PredicateNode::Exists {
                    path,
                    filter,
                    negated,
                },
            );
        };
        let keys = self.keys(scope, (first, to), &path.hops[1..], filter)?;
        let keys = Expr::cust_with_expr("ARRAY $1", sub_select(keys));
        let (how, over) = quantified(negated);
        let pointing = scope.column(first.from);
        Ok(pointing.binary(how, Func::cust(over).arg(keys)))
    }

    /// One of the values that something has in a set of rows, as a condition by itself: a semi-join, or an anti-join.
    fn in_rows(
        &self,
        scope: &Scope<'_>,
        node: &Node,
        values: &ValuesNode,
        negated: bool,
    ) -> Result<Expr, Error> {
        let value = self.expression(scope, node)?;
        let select = self.rows_of_values(scope, values, |held, select| {
            select.expr(Expr::cust("1")).and_where(held.eq(value));
        })?;
        Ok(match negated {
            true => Expr::not_exists(select),
            false => Expr::exists(select),
        })
    }

    /// The same inside of another condition: the values are found once, and hashed.
    fn one_of_values(
        &self,
        scope: &Scope<'_>,
        node: &Node,
        values: &ValuesNode,
        negated: bool,
    ) -> Result<Expr, Error> {
        let value = self.expression(scope, node)?;
        let select = self.rows_of_values(scope, values, |held, select| {
            // Different values are few in the planner's eyes, so that it hashes them, whatever it thinks of the rows.
            select.distinct();
            select.expr(held.clone()).and_where(held.is_not_null());
        })?;
        let how = match negated {
            true => BinOper::IsNot,
            false => BinOper::Is,
        };
        let is_one = value.in_subquery(select);
        Ok(is_one.binary(how, Expr::custom_keyword("TRUE")))
    }

    /// The rows of a set, of which `write` selects the value.
    fn rows_of_values(
        &self,
        scope: &Scope<'_>,
        values: &ValuesNode,
        write: impl FnOnce(Expr, &mut SelectStatement),
    ) -> Result<SelectStatement, Error> {
        self.of_one_tenant("is_in")?;
        let mut select = Query::select();
        let held = |row: &Scope<'_>, select: &mut SelectStatement| {
            write(self.expression(row, &values.value)?, select);
            if let Some(only) = &values.only {
                select.and_where(self.predicate(row, only)?);
            }
            Ok::<_, Error>(())
        };
        if self.has_sets_apart() {
            let set = RowSet::within(&values.rows, None, ROWS);
            let row = scope.inside(ROWS);
            let word = row.iden();
            held(&row.held_by(&set), &mut select)?;
            let rows = self.deeper(|| aggregate::write_set(self, &set))?;
            select.from_subquery(rows, word);
        } else {
            let set = self.row_set(&values.rows, None)?;
            let row = scope.inside(set.word.clone());
            if row.iden() == iden(&set.word) {
                select.from(row.iden());
            } else {
                select.from_as(iden(&set.word), row.iden());
            }
            held(&row.held_by(&*set), &mut select)?;
        }
        Ok(select)
    }

    fn combined(
        &self,
        scope: &Scope<'_>,
        nodes: &[PredicateNode],
        operator: BinOper,
        of_none: &'static str,
    ) -> Result<Expr, Error> {
        let parts = nodes
            .iter()
            .map(|node| self.predicate(scope, node))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(joined(parts, operator).unwrap_or_else(|| Expr::cust(of_none)))
    }

    /// A condition as a list that is joined by AND; see also [`side_by_side`].
    pub fn conjuncts(
        &self,
        scope: &Scope<'_>,
        node: &PredicateNode,
        into: &mut Vec<Expr>,
    ) -> Result<(), Error> {
        match node {
            PredicateNode::All(all) => self.deeper(|| {
                all.iter()
                    .try_for_each(|node| self.conjuncts(scope, node, into))
            })?,
            PredicateNode::InRows {
                node,
                values,
                negated,
            } => into.push(self.in_rows(scope, node, values, *negated)?),
            node => into.push(self.predicate(scope, node)?),
        }
        Ok(())
    }
}

/// A list of values. The cast names the type, so that no operator has to be guessed from an untyped array.
pub(super) fn array(values: &Value, element: DataType) -> Expr {
    let array = Expr::Value(values.clone());
    match element {
        // Sent as texts: only the server knows the type.
        DataType::Named(_) => array.cast_as("text[]").cast_as(element.array_name()),
        element => array.cast_as(element.array_name()),
    }
}

/// Conditions joined by AND or OR; `None` of none.
///
/// To sea-query a chain is one condition inside the other, each of which takes its share of the stack. So a long one is
/// written side by side.
fn joined(parts: Vec<Expr>, operator: BinOper) -> Option<Expr> {
    if parts.len() <= LONGEST_CHAIN {
        let chain = |left: Expr, right| left.binary(operator, right);
        return parts.into_iter().reduce(chain);
    }
    Some(list(parts, operator))
}

fn list(parts: Vec<Expr>, operator: BinOper) -> Expr {
    let word = match operator {
        BinOper::Or => " OR ",
        _ => " AND ",
    };
    let mut template = String::from("(");
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            template.push_str(word);
        }
        let number = position + 1;
        // Inside a text of our own, nobody else looks after precedence.
        template.push_str(&match part {
            Expr::Binary(_, BinOper::Or, _) => format!("(${number})"),
            _ => format!("${number}"),
        });
    }
    template.push(')');
    Expr::cust_with_exprs(template, parts)
}

/// Conditions that are joined by AND where they stand, as one if they are many: see [`joined`].
pub(crate) fn side_by_side(conditions: Vec<Expr>) -> Vec<Expr> {
    if conditions.len() <= LONGEST_LIST {
        return conditions;
    }
    vec![list(conditions, BinOper::And)]
}

/// How a value is compared with the elements of an array, and with which of them.
fn quantified(negated: bool) -> (BinOper, &'static str) {
    match negated {
        true => (BinOper::NotEqual, "ALL"),
        false => (BinOper::Equal, "ANY"),
    }
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

/// What to call a value in a message.
fn label(node: &Node) -> Cow<'static, str> {
    match node {
        Node::Column(name) => Cow::Borrowed(name),
        Node::Value(_) | Node::NamedValue(_) => Cow::Borrowed("a value"),
        Node::Constant(_) => Cow::Borrowed("a constant"),
        Node::Function(_, arguments) => {
            arguments.first().map_or(Cow::Borrowed("a function"), label)
        }
        Node::Annotation(annotation) => annotation.name.clone(),
        Node::Kept(kept) => kept.annotation.name.clone(),
    }
}
