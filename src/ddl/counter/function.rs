//! The functions of a counter, as text: [`Function`].

use super::plan::Plan;
use crate::ddl::text::{identifier, literal};

/// A function in PL/pgSQL.
pub(super) struct Function {
    /// What is put behind the counter's name.
    pub suffix: &'static str,
    pub arguments: String,
    pub returns: &'static str,
    pub declare: String,
    pub body: String,
}

impl Function {
    /// One that a trigger calls.
    pub fn of_trigger(suffix: &'static str, declare: String, body: String) -> Self {
        Self {
            suffix,
            arguments: String::new(),
            returns: "trigger",
            declare,
            body,
        }
    }

    /// `CREATE OR REPLACE FUNCTION ..`
    ///
    /// The search path is fixed, temporary tables last; a plan is the same whatever the first call was about, since it is
    /// kept; and nothing is compiled for a few rows. A column that is called as a variable is the column: each trigger has
    /// variables such as `found`, `old` and `tg_op`.
    pub fn create(&self, plan: &Plan) -> String {
        let mut path = vec!["pg_catalog".to_owned(), identifier(plan.own_schema())];
        let of_child = identifier(plan.child.schema.unwrap_or(&plan.schema));
        if !path.contains(&of_child) {
            path.push(of_child);
        }
        path.push("pg_temp".to_owned());
        let keeping = match plan.in_parent {
            true => "\n  SET pagewise.keeping TO 'on'",
            false => "",
        };
        let declare = match self.declare.is_empty() {
            true => String::new(),
            false => format!("DECLARE\n{}", self.declare),
        };
        let code = format!(
            "\n#variable_conflict use_column\n{declare}BEGIN\n{}END\n",
            self.body
        );
        let quote = quote(&code);
        format!(
            "CREATE OR REPLACE FUNCTION {}({}) RETURNS {} LANGUAGE plpgsql\n  SET search_path TO {}\n  SET \
             plan_cache_mode TO force_generic_plan\n  SET jit TO off{keeping}\nAS {quote}{code}{quote}",
            plan.own(self.suffix),
            self.arguments,
            self.returns,
            path.join(", "),
        )
    }

    pub fn drop(&self, plan: &Plan) -> String {
        format!(
            "DROP FUNCTION IF EXISTS {}({})",
            plan.own(self.suffix),
            self.arguments
        )
    }
}

/// A quote that the text does not have in it.
pub(crate) fn quote(text: &str) -> String {
    let mut quote = "$pagewise$".to_owned();
    while text.contains(&quote) {
        quote.insert(1, 'x');
    }
    quote
}

/// Refuses a stricter isolation, with a message.
pub(super) fn read_committed(message: &str) -> String {
    format!(
        "  -- What is waited for has to be seen.\n  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read \
         uncommitted') THEN\n    RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_state', MESSAGE = {};\n  END IF;\n",
        literal(message)
    )
}

/// Waits for whoever makes a parent that these links lead to, or has rows of such a one: a value that is inserted and
/// deleted again is in the way of every other transaction that inserts it, until this one has ended.
pub(super) fn gate(plan: &Plan, links: &str) -> String {
    let gate = plan.own("_gate");
    format!(
        "INSERT INTO {gate} AS gate (link) SELECT wanted.link FROM unnest({links}) AS wanted(link)\n    ON CONFLICT DO \
         NOTHING;\n  DELETE FROM {gate} AS gate WHERE gate.link = ANY ({links});\n"
    )
}
