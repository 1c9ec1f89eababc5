//! The steps that make a counter, take it away, and repair it.

use super::child::{self, Change};
use super::function::{Function, quote};
use super::plan::Plan;
use super::value::{KeptValue, What};
use super::{parent, walk};
use crate::ddl::step::Step;
use crate::ddl::text::{identifier, literal};

/// How many parents are counted in one transaction, unless the host says otherwise.
pub(super) const BATCH: u32 = 1_000;

/// A trigger: its name, and the rest of what creates it, after the name.
struct Trigger {
    suffix: &'static str,
    event: String,
    on: String,
    function: &'static str,
}

fn functions(plan: &Plan) -> Vec<Function> {
    let of_child = Change::ALL.map(|change| child::function(plan, change));
    let mut functions = vec![parent::compute(plan)];
    functions.extend(of_child);
    functions.push(child::emptied(plan));
    functions.extend(parent::functions(plan));
    functions.push(walk::walk(plan));
    functions.push(walk::drift(plan));
    functions
}

const NEW: &str = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT";
const BOTH: &str = "REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT";
const OLD: &str = "REFERENCING OLD TABLE AS removed FOR EACH STATEMENT";

fn of_child(plan: &Plan) -> Vec<Trigger> {
    let events = [
        ("_added", "INSERT", NEW),
        ("_changed", "UPDATE", BOTH),
        ("_removed", "DELETE", OLD),
        ("_emptied", "TRUNCATE", "FOR EACH STATEMENT"),
    ];
    let trigger = |(suffix, event, rows)| Trigger {
        suffix,
        event: format!("AFTER {event} ON {} {rows}", plan.child_table()),
        on: plan.child_table(),
        function: suffix,
    };
    events.map(trigger).into()
}

fn of_parent(plan: &Plan) -> Vec<Trigger> {
    let on = plan.parent_table();
    let trigger = |suffix, event: &str, rows: &str| Trigger {
        suffix,
        event: format!("AFTER {event} ON {on} {rows}"),
        on: on.clone(),
        function: suffix,
    };
    let mut triggers = vec![
        trigger("_parent_added", "INSERT", NEW),
        trigger("_parent_changed", "UPDATE", BOTH),
    ];
    if plan.in_parent {
        let differs: Vec<_> = plan
            .values
            .iter()
            .map(|value| format!("OLD.{0} IS DISTINCT FROM NEW.{0}", value.quoted()))
            .collect();
        triggers.push(Trigger {
            suffix: "_guard",
            event: format!(
                "BEFORE UPDATE ON {on} FOR EACH ROW WHEN (coalesce(current_setting('pagewise.keeping', true), '') <> 'on' AND \
                 ({}))",
                differs.join(" OR ")
            ),
            on,
            function: "_guard",
        });
    } else {
        triggers.push(trigger("_parent_removed", "DELETE", OLD));
        triggers.push(trigger("_parent_emptied", "TRUNCATE", "FOR EACH STATEMENT"));
    }
    triggers
}

/// That all parents are to be looked at again.
fn again(plan: &Plan, task: &str) -> String {
    format!(
        "UPDATE {} AS progress SET last_key = NULL, done = 0, finished = false WHERE progress.task = {}",
        plan.own("_progress"),
        literal(task)
    )
}

/// Says that it is not ready, unless all parents are filled.
fn unready_unless_filled(plan: &Plan) -> String {
    format!(
        "  IF EXISTS (SELECT FROM {} AS progress WHERE progress.task = 'fill' AND NOT progress.finished) THEN\n{}  END IF;\n",
        plan.own("_progress"),
        comment(plan, &plan.unready_mark())
    )
}

/// Makes those that are not there, in one transaction; while one was not, nobody kept the values, so that all are to be
/// filled again.
fn create_triggers(plan: &Plan, triggers: &[Trigger]) -> String {
    let mut body = String::new();
    for trigger in triggers {
        let name = format!("{}{}", plan.base, trigger.suffix);
        body.push_str(&format!(
            "  IF NOT EXISTS (SELECT FROM pg_trigger AS known WHERE known.tgrelid = {}::regclass AND known.tgname = {}) \
             THEN\n    {};\n    CREATE TRIGGER {} {} EXECUTE FUNCTION {}();\n  END IF;\n",
            literal(&trigger.on),
            literal(&name),
            again(plan, "fill"),
            identifier(&name),
            trigger.event,
            plan.own(trigger.function),
        ));
    }
    body.push_str(&unready_unless_filled(plan));
    block(&body)
}

fn drop_triggers(plan: &Plan, triggers: &[Trigger]) -> String {
    triggers
        .iter()
        .map(|trigger| {
            let name = identifier(&format!("{}{}", plan.base, trigger.suffix));
            format!("  DROP TRIGGER IF EXISTS {name} ON {};\n", trigger.on)
        })
        .collect()
}

/// `DO ..`
fn block(body: &str) -> String {
    let code = format!("\nBEGIN\n{body}END\n");
    let quote = quote(&code);
    format!("DO {quote}{code}{quote}")
}

/// Where a comment says whether the counter is ready.
fn commented(plan: &Plan) -> Vec<String> {
    if !plan.in_parent {
        return vec![format!("TABLE {}", plan.own(""))];
    }
    let columns = plan.values.iter().map(KeptValue::quoted);
    columns
        .map(|column| format!("COLUMN {}.{column}", plan.parent_table()))
        .collect()
}

fn comment(plan: &Plan, mark: &str) -> String {
    commented(plan)
        .iter()
        .map(|on| format!("  COMMENT ON {on} IS {};\n", literal(mark)))
        .collect()
}

/// Says that it is not ready any more, if it is still there.
fn unready(plan: &Plan) -> String {
    let mark = comment(plan, &plan.unready_mark());
    if !plan.in_parent {
        let side = literal(&plan.own(""));
        return format!("  IF to_regclass({side}) IS NOT NULL THEN\n  {mark}  END IF;\n");
    }
    let columns: Vec<_> = plan
        .values
        .iter()
        .map(|value| literal(value.column))
        .collect();
    format!(
        "  IF (SELECT count(*) FROM pg_attribute AS known WHERE known.attrelid = to_regclass({}) AND known.attname IN ({}) AND \
         NOT known.attisdropped) = {} THEN\n  {mark}  END IF;\n",
        literal(&plan.parent_table()),
        columns.join(", "),
        columns.len()
    )
}

/// The tables that a counter has beside that of its values.
fn helpers(plan: &Plan) -> String {
    format!(
        "  CREATE UNLOGGED TABLE IF NOT EXISTS {} (link {} PRIMARY KEY);\n  CREATE TABLE IF NOT EXISTS {progress} (task text \
         PRIMARY KEY, last_key {}, done bigint NOT NULL DEFAULT 0,\n    finished boolean NOT NULL DEFAULT false);\n  INSERT INTO \
         {progress} (task) VALUES ('fill'), ('repair') ON CONFLICT DO NOTHING;\n",
        plan.own("_gate"),
        plan.link_type,
        plan.parent.key_type,
        progress = plan.own("_progress"),
    )
}

fn create_side_table(plan: &Plan) -> String {
    let side = plan.own("");
    let own = plan.parent_columns();
    let own = own
        .iter()
        .map(|column| format!("parent.{}", identifier(column)));
    let values = plan.values.iter().map(|value| match value.source() {
        Some(column) => format!("child.{} AS {}", identifier(column), value.quoted()),
        None => format!("0::bigint AS {}", value.quoted()),
    });
    let columns: Vec<_> = own.chain(values).collect();
    let counts = plan
        .values
        .iter()
        .filter(|value| matches!(value.what, What::Count));
    let not_null: String = counts
        .map(|value| {
            let column = value.quoted();
            format!(", ALTER {column} SET NOT NULL, ALTER {column} SET DEFAULT 0")
        })
        .collect();
    let link_index = match plan.is_by_key() {
        true => String::new(),
        false => format!("    CREATE INDEX ON {side} ({});\n", plan.quoted_link()),
    };
    block(&format!(
        "{helpers}  IF to_regclass({name}) IS NULL THEN\n    {again};\n    CREATE TABLE {side} WITH (fillfactor = 70) AS SELECT {columns}\n    FROM \
         {parent} AS parent, {child} AS child WITH NO DATA;\n    ALTER TABLE {side} ADD PRIMARY KEY \
         ({key}){not_null};\n{link_index}  {comment}  ELSIF coalesce(obj_description({name}::regclass, 'pg_class'), '') NOT LIKE \
         {mark} THEN\n    RAISE EXCEPTION USING ERRCODE = 'duplicate_table', MESSAGE = {taken};\n  END IF;\n",
        name = literal(&side),
        columns = columns.join(", "),
        parent = plan.parent_table(),
        child = plan.child_table(),
        key = plan.key(),
        comment = comment(plan, &plan.unready_mark()),
        mark = literal(&format!("{}%", plan.mark())),
        taken = literal(&format!("{side} is no table of this counter")),
        helpers = helpers(plan),
        again = again(plan, "fill"),
    ))
}

fn add_columns(plan: &Plan) -> String {
    let table = plan.parent_table();
    let mut body = helpers(plan);
    for value in &plan.values {
        let add = format!("ALTER TABLE {table} ADD COLUMN {} ", value.quoted());
        let add = match value.source() {
            None => format!("{add}bigint NOT NULL DEFAULT 0"),
            Some(source) => format!("EXECUTE {} || {}", literal(&add), type_of(plan, source)),
        };
        let known = format!(
            "SELECT FROM pg_attribute AS known WHERE known.attrelid = {}::regclass AND known.attname = {} AND NOT \
             known.attisdropped",
            literal(&table),
            literal(value.column)
        );
        body.push_str(&format!(
            "  IF NOT EXISTS ({known}) THEN\n    {again};\n    {add};\n    COMMENT ON COLUMN \
             {table}.{column} IS {unready};\n  ELSIF NOT EXISTS ({known} AND col_description(known.attrelid, known.attnum) LIKE \
             {mark}) THEN\n    RAISE EXCEPTION USING ERRCODE = 'duplicate_column', MESSAGE = {taken};\n  END IF;\n",
            again = again(plan, "fill"),
            column = value.quoted(),
            unready = literal(&plan.unready_mark()),
            mark = literal(&format!("{}%", plan.mark())),
            taken = literal(&format!("{table} has another column {}", value.quoted())),
        ));
    }
    body.push_str(&unready_unless_filled(plan));
    block(&body)
}

/// The type of a column of the counted rows as it is there, and its collation: what is sorted by what is kept has the order of
/// what is computed.
fn type_of(plan: &Plan, column: &str) -> String {
    format!(
        "(SELECT format_type(source.atttypid, source.atttypmod)\n      || coalesce((SELECT format(' COLLATE %I.%I', \
         namespace.nspname, known.collname) FROM pg_collation AS known\n      JOIN pg_namespace AS namespace ON namespace.oid = \
         known.collnamespace WHERE known.oid = source.attcollation), '')\n      FROM pg_attribute AS source WHERE \
         source.attrelid = {}::regclass AND source.attname = {})",
        literal(&plan.child_table()),
        literal(column)
    )
}

/// Drops the counter's own tables, and its columns.
fn drop_tables(plan: &Plan) -> String {
    let values = match plan.in_parent {
        false => format!("  DROP TABLE IF EXISTS {};\n", plan.own("")),
        true => {
            let drops = plan.values.iter().map(|value| {
                format!(
                    "  IF EXISTS (SELECT FROM pg_attribute AS known WHERE known.attrelid = to_regclass({table}) AND known.attname \
                     = {name} AND col_description(known.attrelid, known.attnum) LIKE {mark}) THEN\n    ALTER TABLE {quoted} DROP \
                     COLUMN {column};\n  END IF;\n",
                    table = literal(&plan.parent_table()),
                    name = literal(value.column),
                    mark = literal(&format!("{}%", plan.mark())),
                    quoted = plan.parent_table(),
                    column = value.quoted(),
                )
            });
            drops.collect()
        }
    };
    format!(
        "{values}  DROP TABLE IF EXISTS {}, {};\n",
        plan.own("_gate"),
        plan.own("_progress")
    )
}

fn index(plan: &Plan, at: usize, value: &KeptValue) -> Step {
    let tenant = plan.tenant.as_ref().map(|tenant| tenant.name);
    let tenant = tenant.filter(|tenant| *tenant != plan.parent.key);
    let direction = match value.node.nullable {
        true => "DESC NULLS LAST",
        false => "DESC",
    };
    let mut keys: Vec<_> = tenant.into_iter().map(identifier).collect();
    keys.push(format!("{} {direction}", value.quoted()));
    keys.push(format!("{} DESC", plan.key()));
    let run = format!(
        "CREATE INDEX IF NOT EXISTS {} ON {} ({})",
        identifier(&format!("{}_by_{at}", plan.base)),
        plan.own(""),
        keys.join(", ")
    );
    // It goes with its table.
    Step::statement(
        format!("{}: index of {}", plan.base, value.column),
        run,
        None,
    )
}

/// All that makes the counter, in the order in which it is right while others write.
pub(super) fn make(plan: &Plan, batch: u32) -> Vec<Step> {
    let base = plan.base;
    let step = |what: &str, run: String, undo: Option<String>| {
        Step::statement(format!("{base}: {what}"), run, undo)
    };
    let mut steps = vec![match plan.in_parent {
        true => step(
            "columns",
            add_columns(plan),
            Some(block(&drop_tables(plan))),
        ),
        false => step(
            "table",
            create_side_table(plan),
            Some(block(&drop_tables(plan))),
        ),
    }];
    let indexed = plan
        .values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_indexed);
    steps.extend(indexed.map(|(at, value)| index(plan, at, value)));
    for function in functions(plan) {
        let what = format!("function {}", function.suffix.trim_start_matches('_'));
        steps.push(step(
            &what,
            function.create(plan),
            Some(function.drop(plan)),
        ));
    }
    for (what, triggers) in [
        ("triggers of the counted rows", of_child(plan)),
        ("triggers of the parents", of_parent(plan)),
    ] {
        let undo = block(&drop_triggers(plan, &triggers));
        steps.push(step(what, create_triggers(plan, &triggers), Some(undo)));
    }
    steps.push(Step::batches(
        format!("{base}: fill"),
        format!("SELECT {}('fill', {batch})", plan.own("_walk")),
    ));
    let ready = format!(
        "  IF NOT EXISTS (SELECT FROM {} AS progress WHERE progress.task = 'fill' AND progress.finished) THEN\n    RAISE EXCEPTION \
         USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = {};\n  END IF;\n{}",
        plan.own("_progress"),
        literal(&format!("{base} is not filled")),
        comment(plan, &plan.ready_mark())
    );
    let unready = unready(plan);
    steps.push(step("ready", block(&ready), Some(block(&unready))));
    steps
}

/// Everything away, in one transaction: nobody finds values that are kept no more.
pub(super) fn remove(plan: &Plan) -> Vec<Step> {
    let mut body = String::new();
    for triggers in [of_child(plan), of_parent(plan)] {
        body.push_str(&drop_triggers(plan, &triggers));
    }
    body.push_str(&drop_tables(plan));
    for function in functions(plan) {
        body.push_str(&format!("  {};\n", function.drop(plan)));
    }
    vec![Step::statement(
        format!("{}: remove", plan.base),
        block(&body),
        None,
    )]
}

/// Counts anew where drift is found.
pub(super) fn repair(plan: &Plan, batch: u32) -> Vec<Step> {
    let base = plan.base;
    let again = again(plan, "repair");
    vec![
        Step::statement(format!("{base}: look at all again"), again, None),
        Step::batches(
            format!("{base}: repair"),
            format!("SELECT {}('repair', {batch})", plan.own("_walk")),
        ),
    ]
}
