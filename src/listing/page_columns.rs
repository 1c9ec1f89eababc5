//! What the page itself gives.

use std::borrow::Cow;

use super::outputs::Output;
use super::request::Request;
use crate::expression::Node;
use crate::render::free_name;

/// The columns that the page itself gives: known outputs, and what the annotations start from.
pub(super) struct PageColumns {
    columns: Vec<(Cow<'static, str>, Node)>,
    /// Outputs that are called like a column that an annotation starts from, and are not that column.
    renamed: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl PageColumns {
    /// `starts`: the columns that must be there under their own names.
    pub fn new(request: &Request<'_>, starts: &[&'static str]) -> Self {
        let outputs = &request.outputs.columns;
        let is_taken = |name: &str| {
            starts.contains(&name) || outputs.iter().any(|output| output.column.name == name)
        };
        let mut page = Self {
            columns: Vec::new(),
            renamed: Vec::new(),
        };
        let known = outputs.iter().filter(|output| !output.is_after_page());
        for output in known {
            let mut name = output.column.name.clone();
            let is_start = matches!(&output.node, Node::Column(column) if *column == name);
            if starts.contains(&name.as_ref()) && !is_start {
                let inside = free_name("shown_", &name, is_taken);
                page.renamed.push((name, inside.clone()));
                name = inside;
            }
            page.columns.push((name, output.node.clone()));
        }
        for start in starts.iter().copied() {
            if !page.columns.iter().any(|(name, _)| name == start) {
                page.columns
                    .push((Cow::Borrowed(start), Node::Column(start)));
            }
        }
        page
    }

    /// What the page calls an output.
    pub fn inside<'a>(&'a self, output: &'a Output) -> &'a Cow<'static, str> {
        let name = &output.column.name;
        let renamed = self.renamed.iter().find(|(outside, _)| outside == name);
        renamed.map_or(name, |(_, inside)| inside)
    }

    /// Each column, and the name by which the page calls it.
    pub fn iter(&self) -> impl Iterator<Item = (&Cow<'static, str>, &Node)> {
        self.columns.iter().map(|(name, node)| (name, node))
    }

    /// Outputs that the page calls otherwise: what they are called outside, and inside.
    pub fn renamed(&self) -> impl Iterator<Item = (&Cow<'static, str>, &Cow<'static, str>)> {
        self.renamed
            .iter()
            .map(|(outside, inside)| (outside, inside))
    }
}
