//! The functions that go over all parents: to fill the counter, to find drift, and to repair it.

use super::function::{Function, read_committed};
use super::plan::Plan;
use crate::ddl::text::{identifier, literal};

/// Whether a parent's kept values are not those that are counted, of `parent`, `kept` and `counted`.
fn is_drift(plan: &Plan) -> String {
    let columns: Vec<_> = plan.values.iter().map(|value| value.quoted()).collect();
    let list = |row: &str, columns: &[String]| {
        let columns: Vec<_> = columns
            .iter()
            .map(|column| format!("{row}.{column}"))
            .collect();
        columns.join(", ")
    };
    let values = format!(
        "ROW({}) IS DISTINCT FROM ROW({})",
        list("kept", &columns),
        list("counted", &columns)
    );
    if plan.in_parent {
        return values;
    }
    let own: Vec<_> = plan
        .parent_columns()
        .iter()
        .map(|name| identifier(name))
        .collect();
    format!(
        "{values} OR ROW({}) IS DISTINCT FROM ROW({})",
        list("kept", &own),
        list("parent", &own)
    )
}

/// `parent LEFT JOIN kept, counted`
fn compared(plan: &Plan) -> String {
    let (parent, kept, key) = (plan.parent_table(), plan.kept_table(), plan.key());
    let tied = plan.tied("parent");
    let counted: Vec<_> = plan
        .values
        .iter()
        .map(|value| {
            format!(
                "{} AS {}",
                value.counted(&plan.child_table(), &tied),
                value.quoted()
            )
        })
        .collect();
    format!(
        "{parent} AS parent LEFT JOIN {kept} AS kept ON kept.{key} = parent.{key}\n    CROSS JOIN LATERAL (SELECT {}) AS counted",
        counted.join(", ")
    )
}

/// Goes on with a task, one batch of parents; gives about how many are left.
pub(super) fn walk(plan: &Plan) -> Function {
    let (parent, key) = (plan.parent_table(), plan.key());
    let key_type = plan.parent.key_type;
    let progress = plan.own("_progress");
    let next = |condition: &str| {
        format!(
            "    pw_keys := ARRAY(SELECT parent.{key} FROM {parent} AS parent{condition} ORDER BY parent.{key} LIMIT pw_size);\n"
        )
    };
    let stray = match plan.in_parent {
        true => String::new(),
        false => format!(
            "  IF pw_is_last THEN\n    DELETE FROM {} AS kept WHERE NOT EXISTS (SELECT FROM {parent} AS parent WHERE parent.{key} \
             = kept.{key});\n  END IF;\n",
            plan.own("")
        ),
    };
    let body = format!(
        "{isolation}  -- Who truncates waits for parents that are locked here, and must not be waited for then.\n  LOCK TABLE {child} IN \
         ACCESS SHARE MODE;\n  SELECT progress.last_key, progress.done, progress.finished INTO pw_last, pw_done, pw_finished\n  FROM {progress} AS \
         progress WHERE progress.task = pw_task FOR UPDATE;\n  IF pw_finished THEN\n    RETURN 0;\n  END IF;\n  IF pw_last IS NULL \
         THEN\n{first}  ELSE\n{then}  END IF;\n  pw_is_last := cardinality(pw_keys) < pw_size;\n  pw_last := \
         coalesce(pw_keys[cardinality(pw_keys)], pw_last);\n  pw_done := pw_done + cardinality(pw_keys);\n  IF pw_task = 'repair' \
         THEN\n    pw_keys := ARRAY(SELECT parent.{key} FROM {compared}\n    WHERE parent.{key} = ANY (pw_keys) AND ({is_drift}) \
         ORDER BY 1);\n  END IF;\n  IF cardinality(pw_keys) > 0 THEN\n    PERFORM {compute}(pw_keys, true);\n  END \
         IF;\n{stray}  UPDATE {progress} AS progress SET last_key = pw_last, done = pw_done, finished = pw_is_last\n  WHERE \
         progress.task = pw_task;\n  IF pw_is_last THEN\n    RETURN 0;\n  END IF;\n  RETURN GREATEST(1, (SELECT \
         class.reltuples::bigint FROM pg_class AS class WHERE class.oid = {oid}::regclass) - pw_done);\n",
        isolation = read_committed(&format!("{} is filled under READ COMMITTED", plan.base)),
        child = plan.child_table(),
        first = next(""),
        then = next(&format!(" WHERE parent.{key} > pw_last")),
        compared = compared(plan),
        is_drift = is_drift(plan),
        compute = plan.own("_compute"),
        oid = literal(&parent),
    );
    Function {
        suffix: "_walk",
        arguments: "pw_task text, pw_size integer".to_owned(),
        returns: "bigint",
        declare: format!(
            "  pw_keys {key_type}[];\n  pw_last {key_type};\n  pw_done bigint;\n  pw_finished boolean;\n  pw_is_last boolean;\n"
        ),
        body,
    }
}

/// Which parents' kept values are not those that are counted, in one statement: of one moment.
pub(super) fn drift(plan: &Plan) -> Function {
    let key = plan.key();
    let json = |row: &str| {
        let pairs: Vec<_> = plan
            .values
            .iter()
            .map(|value| format!("{}, {row}.{}", literal(&value.node.name), value.quoted()))
            .collect();
        format!("json_build_object({})::text", pairs.join(", "))
    };
    let stray = match plan.in_parent {
        true => String::new(),
        false => format!(
            "\n    UNION ALL\n    SELECT kept.{key}::text, {}, NULL FROM {} AS kept\n    WHERE NOT EXISTS (SELECT FROM {} AS parent \
             WHERE parent.{key} = kept.{key})",
            json("kept"),
            plan.own(""),
            plan.parent_table()
        ),
    };
    let body = format!(
        "  RETURN QUERY SELECT found.* FROM (\n    SELECT parent.{key}::text, CASE WHEN kept.{key} IS NOT NULL THEN {kept} END, \
         {counted}\n    FROM {compared}\n    WHERE {is_drift}{stray}\n  ) AS found LIMIT pw_limit;\n",
        kept = json("kept"),
        counted = json("counted"),
        compared = compared(plan),
        is_drift = is_drift(plan),
    );
    Function {
        suffix: "_drift",
        arguments: "pw_limit bigint".to_owned(),
        returns: "TABLE (pw_key text, pw_kept text, pw_counted text)",
        declare: String::new(),
        body,
    }
}
