//! The functions that a change of the parents calls, and the one that counts anew.

use super::function::{Function, gate};
use super::plan::Plan;
use crate::ddl::text::identifier;

/// Counts the rows of some parents, by their keys: locks first, then a statement that sees what was waited for.
pub(super) fn compute(plan: &Plan) -> Function {
    let (parent, kept, child) = (plan.parent_table(), plan.kept_table(), plan.child_table());
    let (key, link) = (plan.key(), plan.quoted_link());
    let (key_type, link_type) = (plan.parent.key_type, plan.link_type);
    let lock_parent = match plan.in_parent {
        true => "NO KEY UPDATE",
        // Neither deleted nor tied to others.
        false => "SHARE",
    };
    let siblings = match plan.is_by_key() {
        true => String::new(),
        false => format!(" OR kept.{link} = ANY (pw_links)"),
    };
    let tied = plan.tied("parent");
    let counted: Vec<_> = plan
        .values
        .iter()
        .map(|value| value.counted(&child, &tied))
        .collect();
    let columns: Vec<_> = plan.values.iter().map(|value| value.quoted()).collect();
    let of = |row: &str, columns: &[String]| {
        let columns: Vec<_> = columns
            .iter()
            .map(|column| format!("{row}.{column}"))
            .collect();
        columns.join(", ")
    };
    let write = if plan.in_parent {
        let counted: Vec<_> = counted
            .iter()
            .zip(&columns)
            .map(|(value, column)| format!("{value} AS {column}"))
            .collect();
        let set: Vec<_> = columns
            .iter()
            .map(|column| format!("{column} = counted.{column}"))
            .collect();
        format!(
            "  UPDATE {parent} AS kept SET {set}\n  FROM (\n    SELECT parent.{key} AS pagewise_key,\n      {counted}\n    FROM \
             {parent} AS parent WHERE parent.{key} = ANY (pw_keys)\n  ) AS counted\n  WHERE kept.{key} = \
             counted.pagewise_key AND ROW({old}) IS DISTINCT FROM ROW({new});\n",
            set = set.join(", "),
            counted = counted.join(",\n      "),
            old = of("kept", &columns),
            new = of("counted", &columns),
        )
    } else {
        let own: Vec<_> = plan
            .parent_columns()
            .iter()
            .map(|name| identifier(name))
            .collect();
        let all: Vec<_> = own.iter().chain(&columns).cloned().collect();
        let set: Vec<_> = all[1..]
            .iter()
            .map(|column| format!("{column} = EXCLUDED.{column}"))
            .collect();
        format!(
            "  INSERT INTO {kept} AS kept ({all_columns})\n  SELECT {own},\n    {counted}\n  FROM {parent} AS parent WHERE \
             parent.{key} = ANY (pw_keys) ORDER BY parent.{key}\n  ON CONFLICT ({key}) DO UPDATE SET {set}\n  WHERE \
             ROW({old}) IS DISTINCT FROM ROW({new});\n",
            all_columns = all.join(", "),
            own = of("parent", &own),
            counted = counted.join(",\n    "),
            set = set.join(", "),
            old = of("kept", &all[1..]),
            new = of("EXCLUDED", &all[1..]),
        )
    };
    let body = format!(
        "  IF pw_lock THEN\n    PERFORM 1 FROM {parent} AS parent WHERE parent.{key} = ANY (pw_keys) ORDER BY parent.{key} FOR \
         {lock_parent};\n  END IF;\n  pw_links := ARRAY(SELECT DISTINCT parent.{link} FROM {parent} AS parent\n    WHERE \
         parent.{key} = ANY (pw_keys) AND parent.{link} IS NOT NULL ORDER BY 1);\n  {gate}  PERFORM 1 FROM {kept} AS kept \
         WHERE kept.{key} = ANY (pw_keys){siblings} ORDER BY kept.{key} FOR NO KEY UPDATE;\n{write}  -- Rows of the same \
         statement are counted now; their own triggers are still to come.\n  IF EXISTS (SELECT FROM {child} AS child WHERE \
         child.{to} = ANY (pw_links)) THEN\n    PERFORM set_config('pagewise.recount', 'on', true);\n  END IF;\n",
        gate = gate(plan, "pw_links"),
        to = identifier(plan.to),
    );
    Function {
        suffix: "_compute",
        arguments: format!("pw_keys {key_type}[], pw_lock boolean"),
        returns: "void",
        declare: format!("  pw_links {link_type}[];\n"),
        body,
    }
}

/// The functions that triggers of the parent call.
pub(super) fn functions(plan: &Plan) -> Vec<Function> {
    let key = plan.key();
    let key_type = plan.parent.key_type;
    let compute = plan.own("_compute");
    let keys = format!("  pw_keys {key_type}[];\n");
    let added = format!(
        "  pw_keys := ARRAY(SELECT added.{key} FROM added ORDER BY 1);\n  IF cardinality(pw_keys) > 0 THEN\n    PERFORM \
         {compute}(pw_keys, false);\n  END IF;\n  RETURN NULL;\n"
    );
    let columns: Vec<_> = plan
        .parent_columns()
        .iter()
        .map(|name| identifier(name))
        .collect();
    let columns = columns.join(", ");
    let side = plan.own("");
    let remove = |keys: &str| {
        format!(
            "    PERFORM 1 FROM {side} AS kept WHERE kept.{key} = ANY ({keys}) ORDER BY kept.{key} FOR UPDATE;\n    DELETE FROM \
             {side} AS kept WHERE kept.{key} = ANY ({keys});\n"
        )
    };
    let remove_gone = match plan.in_parent {
        true => String::new(),
        false => format!(
            "  pw_gone := ARRAY(SELECT {key} FROM removed EXCEPT SELECT {key} FROM added ORDER BY 1);\n  IF \
             cardinality(pw_gone) > 0 THEN\n{}  END IF;\n",
            remove("pw_gone")
        ),
    };
    let changed = format!(
        "  pw_keys := ARRAY(SELECT changed.{key} FROM (SELECT {columns} FROM added EXCEPT SELECT {columns} FROM removed) AS \
         changed ORDER BY 1);\n  IF cardinality(pw_keys) = 0 THEN\n    RETURN NULL;\n  END IF;\n{remove_gone}  PERFORM \
         {compute}(pw_keys, false);\n  RETURN NULL;\n"
    );
    let mut functions = vec![
        Function::of_trigger("_parent_added", keys.clone(), added),
        Function::of_trigger(
            "_parent_changed",
            format!("{keys}  pw_gone {key_type}[];\n"),
            changed,
        ),
    ];
    if plan.in_parent {
        functions.push(guard(plan));
    } else {
        let removed = format!(
            "  pw_keys := ARRAY(SELECT removed.{key} FROM removed ORDER BY 1);\n  IF cardinality(pw_keys) > 0 THEN\n{}  END IF;\n  \
             RETURN NULL;\n",
            remove("pw_keys")
        );
        functions.push(Function::of_trigger("_parent_removed", keys, removed));
        let emptied = format!("  TRUNCATE {side};\n  RETURN NULL;\n");
        functions.push(Function::of_trigger(
            "_parent_emptied",
            String::new(),
            emptied,
        ));
    }
    functions
}

/// What a host writes into the kept columns is not kept: a row that it had read before has old values.
fn guard(plan: &Plan) -> Function {
    let restore: Vec<_> = plan
        .values
        .iter()
        .map(|value| format!("  NEW.{0} := OLD.{0};\n", value.quoted()))
        .collect();
    let body = format!("{}  RETURN NEW;\n", restore.concat());
    Function::of_trigger("_guard", String::new(), body)
}
