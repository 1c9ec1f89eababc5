//! The statements that ask for content types.

use sea_query::{Condition, Query};

use super::answer::names;
use super::name::Pair;
use super::{ContentTypeSet, ContentTypes, DjangoContentType};
use crate::error::Error;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope};
use crate::schema::{DataType, Entity};
use crate::statement::{OutputColumn, Statement};

impl ContentTypes {
    /// The statement that asks for a set; its answer is for [`learn`](Self::learn).
    ///
    /// `SELECT id, app_label, model FROM django_content_type WHERE app_label = ANY ($1) AND model = ANY ($2)`: one
    /// text, however many are asked for.
    ///
    /// # Errors
    ///
    /// [`Error::NulInText`] if a name contains NUL.
    pub fn statement<S: ContentTypeSet + ?Sized>(set: &S) -> Result<Statement, Error> {
        let names = names(set);
        let names = || names.iter().map(Pair::pair);
        let app_labels =
            DjangoContentType::APP_LABEL.any_of(names().map(|(app_label, _)| app_label));
        let models = DjangoContentType::MODEL.any_of(names().map(|(_, model)| model));
        select(vec![app_labels.node, models.node])
    }

    /// The statement that asks for all of them; its answer is for [`learn_all`](Self::learn_all).
    ///
    /// `SELECT id, app_label, model FROM django_content_type`.
    ///
    /// # Errors
    ///
    /// None that is known; as [`statement`](Self::statement).
    pub fn statement_of_all() -> Result<Statement, Error> {
        select(Vec::new())
    }
}

fn select(conditions: Vec<PredicateNode>) -> Result<Statement, Error> {
    let renderer = Renderer::new(None, 0);
    let scope = Scope::root(DjangoContentType::DEFINITION.alias);
    let (table, _) = renderer.source(const { &DjangoContentType::DEFINITION }, &scope, false)?;
    let mut select = Query::select();
    let outputs = [
        (DjangoContentType::ID.name(), DataType::Integer),
        (DjangoContentType::APP_LABEL.name(), DataType::Text),
        (DjangoContentType::MODEL.name(), DataType::Text),
    ];
    for (name, _) in outputs {
        select.expr(scope.column(name));
    }
    select.from(table);
    if !conditions.is_empty() {
        let condition = renderer.predicate(&scope, &PredicateNode::All(conditions))?;
        select.cond_where(Condition::all().add(condition));
    }
    let outputs = outputs.map(|(name, data_type)| OutputColumn {
        name: name.into(),
        data_type,
        nullable: false,
    });
    Ok(Statement::new(select, outputs.into()))
}
