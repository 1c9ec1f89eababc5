//! Values that are computed for the rows of the page only.

use sea_query::{Expr, SelectStatement};

use super::page_columns::PageColumns;
use super::request::Request;
use super::{total, wrap};
use crate::annotation::grouped;
use crate::annotation::sources::{self, Source};
use crate::annotation::{AnnotationNode, Values};
use crate::ddl::counter::{Plan, join_page};
use crate::error::Error;
use crate::expression::Node;
use crate::render::Scope;

/// The annotations that the outputs of a page are, or are computed from: each value once, each under a name of its
/// own.
pub(super) struct AfterPage {
    annotations: Values,
    /// Those that are kept for each row.
    kept: Values,
}

impl AfterPage {
    pub fn new(request: &Request<'_>) -> Self {
        let mut annotations = Values::without(&[grouped::KEY]);
        let mut kept = Values::default();
        let is_kept = |annotation| Plan::is_kept(&request.counters, annotation);
        // Those that are shown as they are keep their names.
        for output in request.outputs.after_page() {
            if let Node::Annotation(annotation) = &output.node
                // Sorted by under another name: the page has it.
                && request.outputs.known(&output.node).is_none()
            {
                match is_kept(annotation) {
                    true => kept.add(annotation),
                    false => annotations.add(annotation),
                }
            }
        }
        for output in request.outputs.after_page() {
            output.node.walk(&mut |node| {
                if let Node::Annotation(annotation) = node
                    && request.outputs.known(node).is_none()
                {
                    match is_kept(annotation) {
                        true => kept.add(annotation),
                        false => annotations.add(annotation),
                    }
                }
            });
        }
        Self { annotations, kept }
    }

    /// Those that are kept for each row.
    pub fn kept(&self) -> impl Iterator<Item = &AnnotationNode> {
        self.kept.iter().map(AsRef::as_ref)
    }

    /// The annotations by what they are read from.
    pub fn sources(&self, request: &Request<'_>) -> Result<Vec<Source<'_>>, Error> {
        let annotations = self.annotations.iter().map(AsRef::as_ref);
        let taken = [&request.renderer.word(wrap::WORD), total::WORD];
        let mut sources = sources::group(annotations, &taken)?;
        for source in &mut sources {
            source.read_at_once(&request.sorting.shown_at_once);
        }
        Ok(sources)
    }
}

/// The columns of a row of the page that its later values start from.
pub(super) fn starts(request: &Request<'_>, sources: &[Source<'_>]) -> Vec<&'static str> {
    let mut starts: Vec<_> = sources.iter().filter_map(Source::from).collect();
    for output in request.outputs.after_page() {
        output.node.walk(&mut |node| {
            if let Node::Column(column) = node {
                starts.push(column);
            }
        });
    }
    starts
}

/// Joins the sources to the page, and computes the outputs from them.
pub(super) fn join<'r>(
    request: &'r Request<'_>,
    columns: &'r PageColumns,
    after_page: &'r AfterPage,
    sources: &[Source<'_>],
    page: &Scope<'_>,
    select: &mut SelectStatement,
) -> Result<wrap::Computed<'r>, Error> {
    let key = page.column(request.definition.key);
    let kept = after_page.kept();
    let mut given = join_page(&request.counters, &request.renderer, key, kept, select)?;
    for source in sources {
        source.join(&request.renderer, page, select)?;
        given.extend(source.outputs());
    }
    let value = Value {
        request,
        columns,
        given,
        page,
    };
    let mut computed = wrap::Computed::new();
    for output in request.outputs.after_page() {
        computed.push((&output.column.name, value.of(&output.node)?));
    }
    for (outside, inside) in columns.renamed() {
        computed.push((outside, page.output(inside)));
    }
    Ok(computed)
}

/// Where a later value finds what it is computed from.
struct Value<'v> {
    request: &'v Request<'v>,
    columns: &'v PageColumns,
    given: Vec<(&'v AnnotationNode, Expr)>,
    page: &'v Scope<'v>,
}

impl Value<'_> {
    fn of(&self, node: &Node) -> Result<Expr, Error> {
        let renderer = &self.request.renderer;
        match node {
            Node::Function(name, arguments) => {
                renderer.function(name, arguments, |argument| self.of(argument))
            }
            Node::Annotation(annotation) => {
                // The page has it if it is sorted by it.
                if let Some(output) = self.request.outputs.known(node) {
                    return Ok(self.page.output(self.columns.inside(output)));
                }
                let is_given =
                    |(given, _): &&(&AnnotationNode, Expr)| given.is_same_value(annotation);
                match self.given.iter().find(is_given) {
                    Some((_, value)) => Ok(value.clone()),
                    None => renderer.expression(self.page, node),
                }
            }
            Node::Kept(_) => match self.request.outputs.known(node) {
                Some(output) => Ok(self.page.output(self.columns.inside(output))),
                None => renderer.expression(self.page, node),
            },
            Node::Column(_) | Node::Value(_) | Node::NamedValue(_) | Node::Constant(_) => {
                renderer.expression(self.page, node)
            }
        }
    }
}
