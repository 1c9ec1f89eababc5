//! Columns of what a row is linked to.

use std::str::FromStr;

use super::FilterColumn;
use crate::filter::{FilterError, Meaning, Operator, Question, Selectivity};
use crate::schema::{Column, Entity, Links, SqlType};

const OPERATORS: [Operator; 3] = [Operator::AnyOf, Operator::AllOf, Operator::Excludes];

impl<E: Entity> FilterColumn<E> {
    /// What a row is linked to, called by a column of that: tags by their names, for example. Any of the values, all of
    /// them (each perhaps on another way), none of them.
    ///
    /// A value may be that of several rows, each of which will do. What does not exist is no error: nothing is linked to
    /// it.
    ///
    /// Its rank is [`Selectivity::Low`].
    ///
    /// ```
    /// use pagewise::filter::{FilterColumn, FilterSet};
    /// # use pagewise::{Links, Relation, entity};
    /// # entity! {
    /// #     pub Article = "articles" as "article" { key ID: i64 = "id"; tenant SITE_ID: i64 = "site_id"; }
    /// # }
    /// # entity! {
    /// #     pub Topic = "topics" as "topic" {
    /// #         key ID: i64 = "id"; tenant SITE_ID: i64 = "site_id"; NAME: String = "name";
    /// #     }
    /// # }
    /// # entity! {
    /// #     pub ArticleTopic = "article_topics" as "article_topic" {
    /// #         key ID: i64 = "id"; tenant SITE_ID: i64 = "site_id";
    /// #         ARTICLE_ID: i64 = "article_id"; TOPIC_ID: i64 = "topic_id";
    /// #     }
    /// # }
    ///
    /// let links = Relation::many("article_topics", Article::ID, ArticleTopic::ARTICLE_ID);
    /// let topics = Links::new(links, ArticleTopic::TOPIC_ID, Topic);
    /// let set = FilterSet::new().column(FilterColumn::linked("topics", topics, Topic::NAME));
    /// ```
    #[must_use]
    pub fn linked<L: Entity, T: Entity, C>(
        name: &'static str,
        links: Links<E, L, T>,
        column: Column<T, C>,
    ) -> Self
    where
        C: SqlType<Base: FromStr> + 'static,
    {
        Self::custom(name, OPERATORS, move |question| {
            means(&links, column, question)
        })
        .selectivity(Selectivity::Low)
    }
}

fn means<E: Entity, L: Entity, T: Entity, C: SqlType<Base: FromStr>>(
    links: &Links<E, L, T>,
    column: Column<T, C>,
    question: &Question<'_>,
) -> Result<Meaning<E>, FilterError> {
    let values: Vec<C::Base> = question.each("give a value of the column's type", |value| {
        // A text is taken as it is; what is none may have blanks around it.
        value.parse().or_else(|_| value.trim().parse()).ok()
    })?;
    Ok(Meaning::is(match question.operator {
        Operator::AnyOf => links.any_of(column, values),
        Operator::AllOf => links.all_of(column, values),
        Operator::Excludes => links.none_of(column, values),
        _ => return Err(question.unknown_operator(&OPERATORS)),
    }))
}

#[cfg(test)]
mod tests {
    use super::FilterColumn;
    use crate::chat::{Match, Session, Tag, TaggableIds, Tagged, tagged};
    use crate::content_type::ContentTypeId;
    use crate::filter::{FilterRequest, FilterSet, Viewer};
    use crate::listing::Page;
    use crate::predicate::Predicate;
    use crate::{Listing, PageStatement};

    #[test]
    fn values_are_those_of_the_column() {
        let ids = TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        };
        let links = Session::tag_links(&ids);
        let set = FilterSet::new()
            .column(FilterColumn::linked("name", links.clone(), Tag::NAME))
            .column(FilterColumn::linked("id", links, Tag::ID));
        let read = |column, operator, value: &str| {
            let request = FilterRequest::new(column, operator, [value, "13"]);
            set.read(&[request], &Viewer::at(chrono::DateTime::UNIX_EPOCH))
        };
        let page = |condition: Predicate<Session>| -> PageStatement<Session> {
            let listing = Listing::of(Session).tenant(1).filter(condition);
            listing.page(Page::first(10)).build().expect("a page")
        };
        let same = |column, operator, value, condition| {
            let read = page(read(column, operator, value).expect("values").predicate());
            let written = page(condition);
            assert_eq!(read.text(), written.text());
            assert_eq!(read.parameters(), written.parameters());
        };
        same(
            "id",
            "any of",
            " 12 ",
            tagged(&ids, Match::any_of([12, 13])),
        );
        same(
            "id",
            "excludes",
            "12",
            tagged(&ids, Match::none_of([12, 13])),
        );
        same(
            "name",
            "all of",
            " a ",
            tagged(&ids, Match::all_of([" a ", "13"])),
        );

        let refused = read("id", "any of", "x").expect_err("no id");
        assert_eq!(
            refused.to_string(),
            r#"cannot filter "id" any of "x": give a value of the column's type"#
        );
    }
}
