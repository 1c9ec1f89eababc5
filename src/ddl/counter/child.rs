//! The functions that a change of the counted rows calls.

use super::function::{Function, gate, read_committed};
use super::plan::{Plan, Tenant};
use super::value::{KeptValue, What};
use crate::ddl::text::identifier;

/// What happened to the counted rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Changed,
    Removed,
}

impl Change {
    pub const ALL: [Self; 3] = [Self::Added, Self::Changed, Self::Removed];

    pub fn suffix(self) -> &'static str {
        match self {
            Self::Added => "_added",
            Self::Changed => "_changed",
            Self::Removed => "_removed",
        }
    }

    fn adds(self) -> bool {
        self != Self::Removed
    }

    fn removes(self) -> bool {
        self != Self::Added
    }
}

/// Which rows were added and which removed: of a row that was changed, both, unless nothing that matters was.
fn source(plan: &Plan, change: Change) -> String {
    let columns: Vec<_> = plan.reads.iter().map(|name| identifier(name)).collect();
    let columns = columns.join(", ");
    let rows =
        |of: &str, sign: &str| format!("SELECT {columns}, {sign} AS pagewise_sign FROM {of}");
    match change {
        Change::Added => rows("added", "1"),
        Change::Removed => rows("removed", "-1"),
        Change::Changed => {
            let but = |of: &str, but: &str| {
                format!(
                    "(SELECT {columns} FROM {of} EXCEPT ALL SELECT {columns} FROM {but}) AS {of}_only"
                )
            };
            format!(
                "{}\n      UNION ALL {}",
                rows(&but("added", "removed"), "1"),
                rows(&but("removed", "added"), "-1")
            )
        }
    }
}

/// A column of what was summed up for each parent: its name, how it is summed up, and its type.
struct Summed {
    name: String,
    expression: String,
    data_type: String,
}

fn summed(plan: &Plan, change: Change) -> Vec<Summed> {
    let mut all = Vec::new();
    for (at, value) in plan.values.iter().enumerate() {
        let condition = value.condition.as_deref();
        let own = |more: Option<&str>| {
            let conditions: Vec<_> = more.into_iter().chain(condition).collect();
            match conditions.is_empty() {
                true => String::new(),
                false => format!(" FILTER (WHERE {})", conditions.join(" AND ")),
            }
        };
        match (&value.what, value.extreme()) {
            (What::Count, _) => all.push(Summed {
                name: format!("counted_{at}"),
                expression: format!("coalesce(sum(child.pagewise_sign){}, 0)", own(None)),
                data_type: "bigint".to_owned(),
            }),
            (_, Some(extreme)) => {
                let of_type = value.node.data_type.to_string();
                if change.adds() {
                    all.push(Summed {
                        name: format!("added_{at}"),
                        expression: format!("{extreme}{}", own(Some("child.pagewise_sign > 0"))),
                        data_type: of_type.clone(),
                    });
                }
                if change.removes() {
                    all.push(Summed {
                        name: format!("removed_{at}"),
                        expression: format!("{extreme}{}", own(Some("child.pagewise_sign < 0"))),
                        data_type: of_type,
                    });
                }
            }
            _ => {}
        }
    }
    all
}

/// What a value becomes.
fn next(plan: &Plan, at: usize, value: &KeptValue, change: Change) -> String {
    let column = value.quoted();
    let again = value.counted(&plan.child_table(), &plan.tied("kept"));
    match (&value.what, value.extreme()) {
        (What::Count, _) => {
            format!("CASE WHEN pw_recount THEN {again} ELSE kept.{column} + delta.counted_{at} END")
        }
        (What::Extreme { is_max, .. }, Some(_)) => {
            let (further, beyond) = match is_max {
                true => ("GREATEST", ">="),
                false => ("LEAST", "<="),
            };
            let lost = match change.removes() {
                true => format!(" OR delta.removed_{at} {beyond} kept.{column}"),
                false => String::new(),
            };
            let otherwise = match change.adds() {
                true => format!("{further}(kept.{column}, delta.added_{at})"),
                false => format!("kept.{column}"),
            };
            format!("CASE WHEN pw_recount{lost} THEN {again} ELSE {otherwise} END")
        }
        _ => again,
    }
}

/// The function that keeps the values when rows are added, changed or removed.
pub(super) fn function(plan: &Plan, change: Change) -> Function {
    let link_type = plan.link_type;
    let tenant = match &plan.tenant {
        Some(tenant) => tenant.of_child.map(|of_child| (tenant, of_child)),
        None => None,
    };
    let sums = summed(plan, change);

    let mut declare = format!(
        "  pw_recount boolean := coalesce(current_setting('pagewise.recount', true), '') = 'on';\n  pw_links \
         {link_type}[];\n  pw_missing {link_type}[];\n"
    );
    let mut selected = vec![format!(
        "child.{}::{link_type} AS link",
        identifier(plan.to)
    )];
    let mut groups = vec!["1".to_owned()];
    let mut names = vec!["link".to_owned()];
    let mut variables = vec!["pw_links".to_owned()];
    let mut belongs = format!("kept.{} = delta.link", plan.quoted_link());
    if let Some((
        Tenant {
            name, data_type, ..
        },
        of_child,
    )) = tenant
    {
        declare.push_str(&format!("  pw_tenants {data_type}[];\n"));
        selected.push(format!(
            "child.{}::{data_type} AS tenant",
            identifier(of_child)
        ));
        groups.push("2".to_owned());
        names.push("tenant".to_owned());
        variables.push("pw_tenants".to_owned());
        belongs.push_str(&format!(" AND kept.{} = delta.tenant", identifier(name)));
    }
    for sum in &sums {
        declare.push_str(&format!("  pw_{} {}[];\n", sum.name, sum.data_type));
        selected.push(format!("{} AS {}", sum.expression, sum.name));
        names.push(sum.name.clone());
        variables.push(format!("pw_{}", sum.name));
    }
    let conditions: Option<Vec<_>> = plan
        .values
        .iter()
        .map(|value| {
            value
                .condition
                .as_ref()
                .map(|condition| format!("({condition})"))
        })
        .collect();
    let having = match conditions {
        Some(conditions) => format!("\n    HAVING bool_or({})", conditions.join(" OR ")),
        None => String::new(),
    };
    let lists: Vec<_> = names
        .iter()
        .map(|name| format!("array_agg(delta.{name})"))
        .collect();
    let next: Vec<_> = plan
        .values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("{} = {}", value.quoted(), next(plan, at, value, change)))
        .collect();
    let (kept, key, link) = (plan.kept_table(), plan.key(), plan.quoted_link());
    let lock = format!(
        "  PERFORM 1 FROM {kept} AS kept WHERE kept.{link} = ANY (pw_links) ORDER BY kept.{key} FOR NO KEY UPDATE;\n"
    );
    let missing = |but: &str| {
        format!(
            "  pw_missing := ARRAY(SELECT DISTINCT wanted.link FROM unnest(pw_links) AS wanted(link)\n    WHERE {but}NOT EXISTS \
             (SELECT FROM {kept} AS kept WHERE kept.{link} = wanted.link) ORDER BY 1);\n  IF cardinality(pw_missing) > 0 \
             THEN\n  {}",
            gate(plan, "pw_missing")
        )
    };
    let body = format!(
        "  SELECT {lists} INTO {variables}\n  FROM (\n    SELECT {selected}\n    FROM (\n      {source}\n    ) AS child\n    \
         WHERE child.{to} IS NOT NULL\n    GROUP BY {groups}{having}\n  ) AS delta;\n  IF pw_links IS NULL THEN\n    RETURN \
         NULL;\n  END IF;\n  -- Of a parent that nobody has committed yet.\n{missing}  END IF;\n{locks}  -- Of one that was \
         taken away while its lock was waited for: it may be made again.\n{gone}{locks}  END IF;\n  UPDATE {kept} AS kept \
         SET\n    {next}\n  FROM unnest({variables}) AS delta({names})\n  WHERE {belongs};\n  RETURN NULL;\n",
        lists = lists.join(", "),
        variables = variables.join(", "),
        selected = selected.join(",\n      "),
        source = source(plan, change),
        to = identifier(plan.to),
        groups = groups.join(", "),
        missing = missing(""),
        gone = missing("wanted.link <> ALL (pw_missing) AND "),
        // Another parent of the same link may have been made while the first was waited for.
        locks = if plan.is_by_key() {
            lock.clone()
        } else {
            lock.repeat(2)
        },
        next = next.join(",\n    "),
        names = names.join(", "),
    );
    Function::of_trigger(change.suffix(), declare, body)
}

/// The function that a TRUNCATE of the counted rows calls.
pub(super) fn emptied(plan: &Plan) -> Function {
    let (kept, key) = (plan.kept_table(), plan.key());
    let something: Vec<_> = plan.values.iter().map(KeptValue::is_something).collect();
    let something = something.join(" OR ");
    let nothing: Vec<_> = plan
        .values
        .iter()
        .map(|value| format!("{} = {}", value.quoted(), value.of_nothing()))
        .collect();
    let body = format!(
        "{isolation}  PERFORM 1 FROM {kept} AS kept WHERE {something} ORDER BY kept.{key} FOR NO KEY UPDATE;\n  UPDATE {kept} AS kept \
         SET {} WHERE {something};\n  RETURN NULL;\n",
        nothing.join(", "),
        isolation = read_committed(&format!(
            "what {} counts is truncated under READ COMMITTED",
            plan.base
        )),
    );
    Function::of_trigger("_emptied", String::new(), body)
}
