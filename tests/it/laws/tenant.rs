//! Law 5: every table that has a tenant column is bound to the tenant, wherever it stands.
//!
//! That no other team's rows are seen is part of law 1: its worlds are full of them. Here the texts are looked at.

use std::collections::BTreeMap;

use pagewise::chat::{
    AnnotationItem, Channel, Chat, EvaluationDataset, EvaluationDatasetMessage, EvaluationMessage,
    Experiment, Message, Participant, ParticipantData, Session, Tag, TaggedItem, Trace, User,
};
use pagewise::schema::{EntityDefinition, Tenancy};
use pagewise::sea_query::Value;
use pagewise::{Entity, Page, Strategy, Total};
use postgres::Transaction;
use sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, Query, Select, SetExpr, TableFactor,
    Value as Literal,
};

use super::harness::{Law, Outcome, build, failed, law};
use super::sql::{Parsed, each_select, last_part};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// What binds each table, by its name.
fn tenancies() -> BTreeMap<&'static str, &'static Tenancy> {
    let definitions: [&'static EntityDefinition; 15] = [
        const { &AnnotationItem::DEFINITION },
        const { &Channel::DEFINITION },
        const { &Chat::DEFINITION },
        const { &EvaluationDataset::DEFINITION },
        const { &EvaluationDatasetMessage::DEFINITION },
        const { &EvaluationMessage::DEFINITION },
        const { &Experiment::DEFINITION },
        const { &Message::DEFINITION },
        const { &Participant::DEFINITION },
        const { &ParticipantData::DEFINITION },
        const { &Session::DEFINITION },
        const { &Tag::DEFINITION },
        const { &TaggedItem::DEFINITION },
        const { &Trace::DEFINITION },
        const { &User::DEFINITION },
    ];
    definitions
        .into_iter()
        .map(|definition| (definition.table, &definition.tenancy))
        .collect()
}

/// Fails if a table of the text that has a tenant column is not bound to the tenant where it is read.
pub fn check(text: &str, parameters: &[Value], tenant: i64) -> Result<(), String> {
    let query = Parsed::of(text)?.0;
    let ctes: Vec<String> = query
        .with
        .iter()
        .flat_map(|with| &with.cte_tables)
        .map(|cte| cte.alias.name.value.clone())
        .collect();
    let tenancies = tenancies();
    each_select(&query, |select| {
        for (table, conditions) in sources(select)? {
            // A function reads no table.
            let TableFactor::Table {
                name,
                alias,
                args: None,
                ..
            } = table
            else {
                continue;
            };
            let name = last_part(name);
            if ctes.contains(&name) {
                continue;
            }
            let tenancy = tenancies
                .get(name.as_str())
                .ok_or_else(|| format!("{name} is not known"))?;
            let alias = alias.as_ref().map_or(&name, |alias| &alias.name.value);
            let column = match tenancy {
                Tenancy::Column { name, .. } => name,
                Tenancy::Through { from, parent, .. } => {
                    // Which rows lead to one that is bound, `through` tests; none may stand alone.
                    let keys = [
                        format!("\"{alias}\".\"{from}\""),
                        format!("\"{alias}\".\"{}\"", parent.key),
                    ];
                    let is_tied = conditions.iter().any(|condition| is_tied(condition, &keys));
                    if !(is_tied || is_walked(&query, select) && is_walk_tied(&query)?) {
                        return Err(format!(
                            "{name} as {alias} is tied to no other row in\n{select}"
                        ));
                    }
                    continue;
                }
                _ => continue,
            };
            let bound = conditions
                .iter()
                .filter_map(|condition| bound_to(condition, alias, column));
            let values: Vec<_> = bound.map(|at| parameters.get(at)).collect();
            if values != [Some(&Value::BigInt(Some(tenant)))] {
                return Err(format!(
                    "{name} as {alias} is bound to {values:?} in\n{select}"
                ));
            }
        }
        Ok(())
    })
}

/// The items of FROM, each with the conditions that hold for all of its rows.
fn sources(select: &Select) -> Result<Vec<(&TableFactor, Vec<&Expr>)>, String> {
    let mut everywhere = Vec::new();
    if let Some(condition) = &select.selection {
        conjuncts(condition, &mut everywhere);
    }
    let mut sources = Vec::new();
    for from in &select.from {
        sources.push((&from.relation, Vec::new()));
        for join in &from.joins {
            let (constraint, inner) = match &join.join_operator {
                JoinOperator::Join(on) | JoinOperator::Inner(on) => (on, true),
                JoinOperator::Left(on)
                | JoinOperator::LeftOuter(on)
                | JoinOperator::FullOuter(on) => (on, false),
                other => return Err(format!("a join that is not expected: {other:?}")),
            };
            let mut own = Vec::new();
            match constraint {
                JoinConstraint::On(on) => conjuncts(on, &mut own),
                other => return Err(format!("a join without ON: {other:?}")),
            }
            if inner {
                everywhere.extend(&own);
                own.clear();
            }
            sources.push((&join.relation, own));
        }
    }
    for (_, conditions) in &mut sources {
        conditions.extend(&everywhere);
    }
    Ok(sources)
}

fn conjuncts<'a>(condition: &'a Expr, into: &mut Vec<&'a Expr>) {
    match condition {
        Expr::Nested(inner) => conjuncts(inner, into),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            conjuncts(left, into);
            conjuncts(right, into);
        }
        other => into.push(other),
    }
}

/// Ties a row by one of its columns to another row: equal to a column of that, or `EXISTS` over it.
fn is_tied(condition: &Expr, keys: &[String]) -> bool {
    let is_key = |expr: &Expr| keys.contains(&expr.to_string());
    match condition {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq,
            right,
        } => {
            let is_column = |expr: &Expr| matches!(expr, Expr::CompoundIdentifier(_));
            is_key(left) && is_column(right) || is_key(right) && is_column(left)
        }
        // Of one of several rows that are read beside it.
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } => is_key(left) && right.to_string().starts_with("ARRAY"),
        Expr::Exists {
            subquery,
            negated: false,
        } => keys
            .iter()
            .any(|key| subquery.to_string().contains(key.as_str())),
        _ => false,
    }
}

/// The parameter that a column is equal to, counted from 0.
fn bound_to(condition: &Expr, alias: &str, column: &str) -> Option<usize> {
    let Expr::BinaryOp {
        left,
        op: BinaryOperator::Eq,
        right,
    } = condition
    else {
        return None;
    };
    let (Expr::CompoundIdentifier(parts), Expr::Value(value)) = (&**left, &**right) else {
        return None;
    };
    let names: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
    let Literal::Placeholder(placeholder) = &value.value else {
        return None;
    };
    let at: usize = placeholder.strip_prefix('$')?.parse().ok()?;
    (names == [alias, column]).then(|| at - 1)
}

/// Whether it reads the related rows that a walk goes down: those of everybody, of which nothing is read but by
/// [`is_walk_tied`].
fn is_walked(query: &Query, select: &Select) -> bool {
    let with = query.with.iter().flat_map(|with| &with.cte_tables);
    let mut walked = with.filter(|cte| cte.alias.name.value == "walked");
    walked.any(|cte| matches!(&*cte.query.body, SetExpr::Select(body) if **body == *select))
}

/// Whether the rows that were met on a walk are tied to rows that are bound wherever they are read, and what was walked is
/// read for nothing else, but for how far that was.
fn is_walk_tied(query: &Query) -> Result<bool, String> {
    let (mut tied, mut others) = (0, 0);
    each_select(query, |select| {
        let sources = sources(select)?;
        let named = |name: &str| {
            let mut tables = sources.iter().map(|(table, _)| table);
            tables.any(|table| matches!(table, TableFactor::Table { name: of, .. } if last_part(of) == name))
        };
        let text = select.to_string();
        if named("newest") && text != "SELECT \"key\" FROM \"newest\"" {
            let keys = ["\"newest\".\"key\"".to_owned()];
            let of_newest = sources.iter().filter(|(table, _)| {
                matches!(table, TableFactor::Table { name, .. } if last_part(name) == "newest")
            });
            let mut conditions = of_newest.flat_map(|(_, conditions)| conditions);
            match conditions.any(|condition| is_tied(condition, &keys)) {
                true => tied += 1,
                false => others += 1,
            }
        }
        if named("walked") {
            let is_known = text.starts_with("SELECT \"key\", M")
                || ["MIN", "MAX"]
                    .iter()
                    .any(|end| text == format!("SELECT {end}(\"value\") FROM \"walked\""));
            others += usize::from(!is_known);
        }
        Ok(())
    })?;
    Ok(tied == 1 && others == 0)
}

/// Every text with one of its bindings taken away.
pub fn unbound(text: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, found) in text.match_indices("\".\"team_id\" = $") {
        let start = text[..from].rfind('"').unwrap_or(0);
        let rest = from + found.len();
        let digits = text[rest..].bytes().take_while(u8::is_ascii_digit).count();
        texts.push(format!("{}TRUE{}", &text[..start], &text[rest + digits..]));
    }
    texts
}

struct Bound;

impl Law for Bound {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        context: &Context,
    ) -> Outcome {
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            for total in [Total::Exact, Total::Estimated] {
                let page = Page::offset(1, 3).with_total(total);
                let page = build(transaction, request, request.with(strategy), page)?;
                for statement in [Some(page.statement()), page.estimate()]
                    .into_iter()
                    .flatten()
                {
                    check(
                        statement.text(),
                        statement.parameters(),
                        context.view.tenant,
                    )
                    .map_err(|why| failed(request, &why, &format!("{statement:#}")))?;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn every_table_is_bound_to_the_tenant() {
    law(60, world(), Bound);
}

/// The check itself fails as soon as any one binding is missing, or is to somebody else.
struct CheckSees;

impl Law for CheckSees {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        context: &Context,
    ) -> Outcome {
        let page = Page::first(3).with_total(Total::Exact);
        let page = build(
            transaction,
            request,
            request.with(Strategy::Optimized),
            page,
        )?;
        let unbound = unbound(page.text());
        if unbound.is_empty() {
            return Err(failed(request, &"nothing is bound", &page));
        }
        for text in unbound {
            if check(&text, page.parameters(), context.view.tenant).is_ok() {
                return Err(failed(request, &"a missing binding was not seen", &text));
            }
        }
        if check(page.text(), page.parameters(), context.view.tenant + 1).is_ok() {
            return Err(failed(request, &"another tenant was not seen", &page));
        }
        Ok(())
    }
}

#[test]
fn the_check_sees_a_missing_binding() {
    law(30, world(), CheckSees);
}

#[test]
fn the_check_is_not_fooled() {
    let tenant = [Value::BigInt(Some(7))];
    let session = r#"SELECT 1 FROM "experiments_experimentsession" AS "s""#;
    let check = |rest: &str| check(&format!("{session} {rest}"), &tenant, 7);
    assert_eq!(check(r#"WHERE "s"."team_id" = $1"#), Ok(()));
    for rest in [
        // Under OR or NOT, of another row, of another column.
        r#"WHERE "s"."team_id" = $1 OR "s"."id" = 1"#,
        r#"WHERE NOT ("s"."team_id" = $1)"#,
        r#"WHERE "t"."team_id" = $1"#,
        r#"WHERE "s"."id" = $1"#,
        // In the ON of an outer join, which leaves the row where it is not true.
        r#"LEFT JOIN "users_customuser" AS "u" ON "s"."team_id" = $1"#,
        // A message whose chat nobody looks at.
        r#"JOIN "chat_chatmessage" AS "m" ON "m"."created_at" > "s"."created_at" WHERE "s"."team_id" = $1"#,
        // Inside a sub-select.
        r#"WHERE "s"."team_id" = $1 AND EXISTS (SELECT 1 FROM "annotations_tag" AS "t" WHERE "t"."id" = 1)"#,
    ] {
        assert!(check(rest).is_err(), "{rest}");
    }
    assert_eq!(
        check(
            r#"JOIN "chat_chatmessage" AS "m" ON "m"."chat_id" = "s"."chat_id" WHERE "s"."team_id" = $1"#
        ),
        Ok(())
    );
    assert_eq!(
        check(r#"JOIN "users_customuser" AS "u" ON "s"."team_id" = $1"#),
        Ok(())
    );
}
