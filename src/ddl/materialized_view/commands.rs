//! The statements that create, fill, refresh, rebuild and drop a view.
//!
//! Each is one statement that does all or nothing, in a client's transaction or in its own; and each first takes an advisory
//! lock on the view's name, so that two at once do not meet half-way.
//!
//! What is dropped is what its comment says was made here: others may have views of the same names.

use std::fmt::Write;

use super::fingerprint::fingerprint;
use super::state::{MARK, NEVER_REFRESHED, REFRESHED, comment, mark_of_next};
use super::view::{MaterializedView, ViewNode};
use crate::ddl::Step;
use crate::ddl::text::{identifier, in_schema, literal};
use crate::error::Error;
use crate::schema::Entity;

/// What a refresh does while another one is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhileRefreshed {
    /// Nothing: the other one will do. It may have begun before the newest rows were there.
    #[default]
    Skip,
    /// Waits until it has ended, and refreshes then.
    Wait,
}

/// A view that is there, or one that is to take its place.
struct Names {
    /// As it stands in statements.
    view: String,
    index: String,
    /// Without its schema.
    index_name: String,
    unquoted_index: String,
    /// How its comment begins.
    mark: String,
    /// What it is, for those who find something else.
    kind: String,
}

impl Names {
    fn of(view: &ViewNode) -> Self {
        let kind = "a materialized view of pagewise".to_owned();
        Self::new(view, view.name, MARK.to_owned(), kind)
    }

    /// Those of the view that is to take its place.
    fn of_next(view: &ViewNode) -> Self {
        let kind = format!(
            "the next materialized view {}",
            in_schema(view.schema, view.name)
        );
        let name = format!("{}_next", view.name);
        Self::new(view, &name, mark_of_next(view.name), kind)
    }

    fn new(view: &ViewNode, name: &str, mark: String, kind: String) -> Self {
        let index = format!("{name}_key");
        Self {
            view: in_schema(view.schema, name),
            index: in_schema(view.schema, &index),
            index_name: identifier(&index),
            unquoted_index: index,
            mark,
            kind,
        }
    }

    /// What is there under the name; NULL if nothing is.
    fn found(&self) -> String {
        format!("to_regclass({})", literal(&self.view))
    }

    /// The comment of what is there; NULL if nothing is, or it has none.
    fn comment(&self) -> String {
        format!("obj_description({}, 'pg_class')", self.found())
    }

    /// Whether the comment of what is there begins so.
    fn says(&self, beginning: &str) -> String {
        format!(
            "coalesce(starts_with({}, {}), false)",
            self.comment(),
            literal(beginning)
        )
    }

    /// Whether what is there is what it is to be, of whatever declaration.
    fn is_own(&self) -> String {
        self.says(&self.mark)
    }

    /// Refuses what is there and is somebody else's.
    fn refuse_others(&self, by: &str) -> String {
        format!(
            "{by}IF {} IS NOT NULL AND NOT ({}) THEN\n{by}  {}\n{by}END IF;\n",
            self.found(),
            self.is_own(),
            self.of_others()
        )
    }

    /// Drops what is there, of whatever declaration; refuses what is somebody else's.
    fn drop_own(&self, by: &str) -> String {
        format!(
            "{by}IF {} THEN\n{by}  DROP MATERIALIZED VIEW {};\n{by}ELSIF {} IS NOT NULL THEN\n{by}  {}\n{by}END IF;\n",
            self.is_own(),
            self.view,
            self.found(),
            self.of_others()
        )
    }

    /// Says that what is there is somebody else's.
    fn of_others(&self) -> String {
        let message = format!("{} is there, and is not {}", self.view, self.kind);
        exception(&literal(&message), &literal(OF_OTHERS))
    }

    /// Refuses that something else has the name of the index, in the schema of a view that is to have it: indexes keep theirs
    /// when views are renamed.
    fn refuse_taken(&self, to_have_it: &Self) -> String {
        let taken = format!(
            "FROM pg_class AS taken LEFT JOIN pg_index AS index ON index.indexrelid = taken.oid \
             WHERE taken.relname = {} \
             AND taken.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = {}) \
             AND index.indrelid IS DISTINCT FROM {}",
            literal(&self.unquoted_index),
            to_have_it.found(),
            self.found()
        );
        let message = format!(
            "the materialized view {} cannot have its index {}: the name is that of the ",
            self.view, self.index_name
        );
        let what = "pg_describe_object('pg_class'::regclass, taken.oid, 0) || coalesce(' on ' || index.indrelid::regclass, '')";
        let raised = exception(
            &format!("{} || (SELECT {what} {taken})", literal(&message)),
            &literal("Rename that, or drop it if nobody needs it."),
        );
        format!("    IF EXISTS (SELECT {taken}) THEN\n      {raised}\n    END IF;\n")
    }

    /// Says that what is there is of another declaration.
    fn refused(&self) -> String {
        let message = format!(
            "the materialized view {} is not as it is declared",
            self.view
        );
        let hint = format!(
            "CASE WHEN {} THEN 'Rebuild it.' ELSE {} END",
            self.is_own(),
            literal(OF_OTHERS)
        );
        exception(&literal(&message), &hint)
    }
}

/// What to do with a relation that is not what it is to be.
const OF_OTHERS: &str = "It is left alone: rename it, or drop it if nobody needs it; or call the declared view otherwise.";

fn exception(message: &str, hint: &str) -> String {
    format!(
        "RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state', MESSAGE = {message}, HINT = {hint};"
    )
}

impl<E: Entity> MaterializedView<E> {
    /// What there is to be done, for a migration: the view is created, and filled for the first time.
    ///
    /// If a view of the name is there that is of another declaration, the first step fails:
    /// [`rebuild_steps`](Self::rebuild_steps) take care of that, too. Taken back, they drop the view if it is of this declaration,
    /// and leave alone what else has its name.
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    pub fn steps(&self) -> Result<Vec<Step>, Error> {
        let name = self.node.name;
        Ok(vec![
            Step::statement(
                format!("create the materialized view {name}"),
                self.create_text()?,
                Some(self.node.undo_text(&Names::of(&self.node))?),
            ),
            Step::statement(
                format!("fill the materialized view {name}"),
                self.node.fill_text()?,
                None,
            ),
        ])
    }

    /// What there is to be done if the declaration may have changed: a view of this one is created beside the one that is
    /// there, filled, and takes its name. Until then the old one is read. Nothing is done if that is of this declaration, or
    /// there is no view, but that one is created and filled.
    ///
    /// The first step fails if pagewise has not made what is there under the name of the view, or under that of the next, which
    /// ends in `_next`: nothing is dropped that somebody else has made.
    ///
    /// Privileges on the view are to be granted anew, and views on it keep it from being dropped: the last step then fails. It
    /// also fails if a rebuild of another declaration came between. What such a one left when it was broken off stays until the
    /// next rebuild that has something to do, or until the view is dropped.
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    pub fn rebuild_steps(&self) -> Result<Vec<Step>, Error> {
        let name = self.node.name;
        let [create, fill, swap] = self.rebuild_texts()?;
        let undo = self.node.undo_text(&Names::of_next(&self.node))?;
        Ok(vec![
            Step::statement(
                format!("create the next materialized view {name}"),
                create,
                Some(undo),
            ),
            Step::statement(
                format!("fill the next materialized view {name}"),
                fill,
                None,
            ),
            Step::statement(
                format!("swap the materialized view {name} for the next"),
                swap,
                None,
            ),
        ])
    }

    /// The statement that creates the view, empty, with its index and a comment that tells its declaration. It does nothing if
    /// that is there already, and fails if it is of another declaration.
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    pub fn create_text(&self) -> Result<String, Error> {
        self.node.create_text()
    }

    /// The statement that refreshes the view: the first time `REFRESH MATERIALIZED VIEW`, and
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY` from then on, which readers do not wait for. In the same transaction, the
    /// comment is told when. It fails if the view is of another declaration.
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    pub fn refresh_text(&self, meanwhile: WhileRefreshed) -> Result<String, Error> {
        self.node.refresh_text(meanwhile)
    }

    /// The statements of a rebuild, to be run one after the other: see [`rebuild_steps`](Self::rebuild_steps).
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    pub fn rebuild_texts(&self) -> Result<[String; 3], Error> {
        Ok([
            self.node.next_text()?,
            self.node.fill_next_text()?,
            self.node.swap_text()?,
        ])
    }

    /// The statement that drops the view, of whatever declaration, and what a rebuild may have left. It fails if pagewise has not
    /// made what is there under the name.
    #[must_use]
    pub fn drop_text(&self) -> String {
        self.node.drop_text()
    }
}

impl ViewNode {
    /// By which the declaration is told from others.
    pub fn fingerprint(&self) -> Result<u64, Error> {
        let layout = self.layout()?;
        let mut text = self.definition()?.text();
        for column in layout.index_columns(self) {
            text.push('\0');
            text.push_str(&column);
        }
        Ok(fingerprint(&text))
    }

    fn create_text(&self) -> Result<String, Error> {
        let names = Names::of(self);
        let mut body = format!("  IF {} IS NULL THEN\n", names.found());
        self.create(&names, &mut body)?;
        body.push_str(&format!(
            "  ELSIF NOT ({}) THEN\n    {}\n  END IF;\n",
            self.is_current(&names)?,
            names.refused()
        ));
        Ok(self.block("", &body))
    }

    fn create(&self, names: &Names, body: &mut String) -> Result<(), Error> {
        let definition = self.definition()?.pretty();
        let columns = self.layout()?.index_columns(self);
        let columns: Vec<_> = columns.iter().map(|column| identifier(column)).collect();
        let columns = columns.join(", ");
        let comment = literal(&format!(
            "{}{NEVER_REFRESHED}",
            comment(&names.mark, self.fingerprint()?)
        ));
        let Names {
            view, index_name, ..
        } = names;
        // Without `IF NOT EXISTS`: an index of that name would be another relation's, and the view would have none.
        body.push_str(&format!(
            "    CREATE MATERIALIZED VIEW {view} AS\n{definition}\nWITH NO DATA;\n{}    \
             CREATE UNIQUE INDEX {index_name} ON {view} ({columns});\n    \
             COMMENT ON MATERIALIZED VIEW {view} IS {comment};\n",
            names.refuse_taken(names),
        ));
        Ok(())
    }

    /// Whether a view is of this declaration.
    fn is_current(&self, names: &Names) -> Result<String, Error> {
        Ok(names.says(&comment(&names.mark, self.fingerprint()?)))
    }

    fn refresh_text(&self, meanwhile: WhileRefreshed) -> Result<String, Error> {
        let names = Names::of(self);
        let mut body = String::new();
        let mut refresh = format!(
            "IF {1} THEN\n  REFRESH MATERIALIZED VIEW CONCURRENTLY {0};\nELSE\n  REFRESH MATERIALIZED VIEW {0};\nEND IF;\n",
            names.view,
            is_populated(&names)
        );
        self.note(&names, &mut refresh)?;
        let refresh = format!("{}started := {NOW};\n{refresh}", self.guard(&names)?);
        match meanwhile {
            WhileRefreshed::Wait => {
                body.push_str(&indented(&refresh, "  "));
                Ok(self.block(STARTED, &body))
            }
            WhileRefreshed::Skip => {
                let lock = self.lock_key();
                body.push_str(&format!("  IF pg_try_advisory_xact_lock({lock}) THEN\n"));
                body.push_str(&indented(&refresh, "    "));
                body.push_str("  END IF;\n");
                Ok(block(STARTED, &body))
            }
        }
    }

    /// Fills the view, if nothing has.
    fn fill_text(&self) -> Result<String, Error> {
        let names = Names::of(self);
        let is_populated = is_populated(&names);
        let body = format!(
            "  IF NOT {is_populated} THEN\n{}{}  END IF;\n",
            indented(&self.guard(&names)?, "    "),
            self.filled(&names)?
        );
        Ok(self.block(STARTED, &body))
    }

    fn filled(&self, names: &Names) -> Result<String, Error> {
        let mut refresh = format!(
            "started := {NOW};\nREFRESH MATERIALIZED VIEW {};\n",
            names.view
        );
        self.note(names, &mut refresh)?;
        Ok(indented(&refresh, "    "))
    }

    /// Refuses a view of another declaration: what is noted after a refresh would pass it off as one of this.
    fn guard(&self, names: &Names) -> Result<String, Error> {
        Ok(format!(
            "IF {} IS NOT NULL AND NOT ({}) THEN\n  {}\nEND IF;\n",
            names.found(),
            self.is_current(names)?,
            names.refused()
        ))
    }

    /// Writes down when the view was refreshed.
    fn note(&self, names: &Names, body: &mut String) -> Result<(), Error> {
        let statement = format!("COMMENT ON MATERIALIZED VIEW {} IS ", names.view);
        let known = format!("{}{REFRESHED}", comment(&names.mark, self.fingerprint()?));
        let written = writeln!(
            body,
            "EXECUTE {} || quote_literal({} || to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'));",
            literal(&statement),
            literal(&known),
        );
        debug_assert!(written.is_ok(), "a String takes every text");
        Ok(())
    }

    /// Creates the next view, unless the one that is there will do.
    fn next_text(&self) -> Result<String, Error> {
        let (view, next) = (Names::of(self), Names::of_next(self));
        let mut body = format!("  IF NOT ({}) THEN\n", self.is_current(&view)?);
        body.push_str(&view.refuse_others("    "));
        body.push_str(&format!("    IF NOT ({}) THEN\n", self.is_current(&next)?));
        body.push_str(&next.drop_own("      "));
        self.create(&next, &mut body)?;
        body.push_str("    END IF;\n");
        // Before it is filled, not when it is to be swapped.
        body.push_str(&view.refuse_taken(&next));
        body.push_str("  END IF;\n");
        Ok(self.block("", &body))
    }

    /// Fills the next view; again, if it was filled in vain. One of another declaration, which a rebuild that was broken off has
    /// left, is left alone.
    fn fill_next_text(&self) -> Result<String, Error> {
        let next = Names::of_next(self);
        let body = format!(
            "  IF {} THEN\n{}  END IF;\n",
            self.is_current(&next)?,
            self.filled(&next)?
        );
        Ok(self.block(STARTED, &body))
    }

    /// The next view takes the name of the one that is there. Fails if neither is of this declaration: then another rebuild has
    /// come between.
    fn swap_text(&self) -> Result<String, Error> {
        let (view, next) = (Names::of(self), Names::of_next(self));
        let fingerprint = self.fingerprint()?;
        let said = literal(&comment(&next.mark, fingerprint));
        let says = literal(&comment(&view.mark, fingerprint));
        let note = literal(&format!("COMMENT ON MATERIALIZED VIEW {} IS ", next.view));
        let body = format!(
            "  IF {} AND {} THEN\n{}    EXECUTE {note} || quote_literal({says} || substr({}, length({said}) + 1));\n    \
             ALTER MATERIALIZED VIEW {} RENAME TO {};\n    ALTER INDEX {} RENAME TO {};\n  ELSIF NOT ({}) THEN\n    {}\n  \
             END IF;\n",
            self.is_current(&next)?,
            is_populated(&next),
            view.drop_own("    "),
            next.comment(),
            next.view,
            identifier(self.name),
            next.index,
            view.index_name,
            self.is_current(&view)?,
            view.refused(),
        );
        Ok(self.block("", &body))
    }

    fn drop_text(&self) -> String {
        let (view, next) = (Names::of(self), Names::of_next(self));
        // Somebody else's view may be called as the next would be, and is in nobody's way.
        let next = format!(
            "  IF {} THEN\n    DROP MATERIALIZED VIEW {};\n  END IF;\n",
            next.is_own(),
            next.view
        );
        self.block("", &format!("{}{next}", view.drop_own("  ")))
    }

    /// Drops a view if it is of this declaration. What else is there, nobody here has made.
    fn undo_text(&self, names: &Names) -> Result<String, Error> {
        let body = format!(
            "  IF {} THEN\n    DROP MATERIALIZED VIEW {};\n  END IF;\n",
            self.is_current(names)?,
            names.view
        );
        Ok(self.block("", &body))
    }

    /// A key of the advisory lock: the same for all who have a view of this name.
    fn lock_key(&self) -> String {
        let name = in_schema(self.schema, self.name);
        let key = fingerprint(&format!("pagewise materialized view {name}"));
        i64::from_ne_bytes(key.to_ne_bytes()).to_string()
    }

    /// A block that begins when all others have ended.
    fn block(&self, declare: &str, body: &str) -> String {
        let lock = format!("  PERFORM pg_advisory_xact_lock({});\n", self.lock_key());
        block(declare, &format!("{lock}{body}"))
    }
}

/// Whether a view was ever filled; false of one that is not there.
fn is_populated(names: &Names) -> String {
    let found = names.found();
    format!("coalesce((SELECT relispopulated FROM pg_class WHERE oid = {found}), false)")
}

/// Since when the rows of a view are what they are: in a transaction that sees the database as it was, since then.
pub(super) const NOW: &str = "CASE current_setting('transaction_isolation') WHEN 'read committed' THEN clock_timestamp() \
     ELSE transaction_timestamp() END";

const STARTED: &str = "DECLARE\n  started timestamptz;\n";

/// `DO`, quoted by what is not in it.
fn block(declare: &str, body: &str) -> String {
    let mut tag = String::from("$pagewise$");
    while body.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("DO {tag}\n{declare}BEGIN\n{body}END\n{tag}")
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect()
}
