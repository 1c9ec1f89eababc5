//! The builder of a page: [`Listing`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_query::Value;

use super::conjuncts::{Conjuncts, have_driver};
use super::forms::{Forms, LinkForm, Way};
use super::outputs::Outputs;
use super::request::Request;
use super::selection::{Selection, Shown, Shows};
use super::sorting::{self, Circumstances, OrderForm, Sorting, WALK_LIMIT};
use super::{LinkLimits, Page, PageStatement, Total, choice, cursor, legacy, optimized, total};
use crate::catalog::Catalog;
use crate::ddl::Counter;
use crate::ddl::counter::Plan;
use crate::error::Error;
use crate::expression::Node;
use crate::filter::FilterPipeline;
use crate::order::{Direction, Order, OrderNode};
use crate::predicate::{Predicate, PredicateNode};
use crate::render::Renderer;
use crate::report::Report;
use crate::schema::{Entity, Tenant};
use crate::statement::Statement;
use crate::statistics::Statistics;
use crate::strategy::{Choice, Strategy, SwitchHandle};

/// The largest page that a listing gives unless its host says otherwise.
const MAX_PAGE_SIZE: u32 = 1_000;

/// Rows of the entity `E`: whose, which, in what order, what of them, and which page.
///
/// A consuming builder; cloning one shares what it has so far. [`build`](Self::build) makes the statement.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::{Listing, Page, Total};
///
/// let messages = chat::message_timestamps();
/// let page = Listing::of(Session)
///     .tenant(7)                                       // required: Session has a tenant column
///     .filter(Session::STATUS.eq("active"))
///     .order_by(Session::CREATED_AT.desc())            // the key is appended
///     .show((Session::CREATED_AT, &messages.last, &messages.count))
///     .page(Page::first(25).with_total(Total::Capped(10_000)))
///     .build()?;
///
/// assert_eq!(
///     format!("{page:#}"),
/// r#"WITH "page" AS (
///   SELECT "session"."id", "session"."created_at", "session"."chat_id"
///   FROM "experiments_experimentsession" AS "session"
///   WHERE "session"."team_id" = $1
///     AND "session"."status" = $2
///   ORDER BY "session"."created_at" DESC NULLS FIRST, "session"."id" DESC NULLS FIRST
///   LIMIT 26
/// )
/// SELECT
///   "page"."id",
///   "page"."created_at",
///   "messages"."last_message_at",
///   "messages"."message_count",
///   "total"."total_rows"
/// FROM (
///   SELECT COUNT(*) AS "total_rows"
///   FROM (
///     SELECT 1
///     FROM "experiments_experimentsession" AS "session"
///     WHERE "session"."team_id" = $3
///       AND "session"."status" = $4
///     LIMIT 10001
///   ) AS "capped"
/// ) AS "total"
/// LEFT JOIN "page" ON TRUE
/// LEFT JOIN LATERAL (
///   SELECT MAX("message"."created_at") AS "last_message_at", COUNT(*) AS "message_count"
///   FROM "chat_chatmessage" AS "message"
///   WHERE "message"."chat_id" = "page"."chat_id"
/// ) AS "messages" ON TRUE
/// ORDER BY "page"."created_at" DESC NULLS FIRST, "page"."id" DESC NULLS FIRST"#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Listing<E> {
    choice: Choice,
    tenant: Option<Tenant>,
    filters: Vec<PredicateNode>,
    /// What each filter is called, if anything.
    filter_names: Vec<Option<Cow<'static, str>>>,
    statistics: Option<Statistics>,
    catalog: Option<Catalog>,
    counters: Vec<Arc<Plan>>,
    order_form: OrderForm,
    walk_limit: u32,
    /// What was decided before the statement is built.
    report: Report,
    link_form: LinkForm,
    link_limits: LinkLimits,
    orders: Vec<OrderNode>,
    default_orders: Vec<OrderNode>,
    shown: Vec<Shown>,
    page: Option<Page>,
    max_page_size: u32,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> Listing<E> {
    /// A listing of all rows of an entity, to be narrowed.
    #[must_use]
    pub fn of(_: E) -> Self {
        Self {
            choice: Choice::default(),
            tenant: None,
            filters: Vec::new(),
            filter_names: Vec::new(),
            statistics: None,
            catalog: None,
            counters: Vec::new(),
            order_form: OrderForm::default(),
            walk_limit: WALK_LIMIT,
            report: Report::default(),
            link_form: LinkForm::default(),
            link_limits: LinkLimits::default(),
            orders: Vec::new(),
            default_orders: Vec::new(),
            shown: Vec::new(),
            page: None,
            max_page_size: MAX_PAGE_SIZE,
            marker: PhantomData,
        }
    }

    /// Whose rows. Required as soon as a table of the statement has a tenant column; every such table is bound
    /// to it.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<Tenant>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Only rows for which the condition is true; several must all be.
    ///
    /// A filter that a request may leave out: `.filter(Predicate::all(maybe))`, which is true of every row for `None`.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<E>) -> Self {
        self.filters.push(condition.node);
        self.filter_names.push(None);
        self
    }

    /// Only rows that pass all filters of the pipeline, written in its order.
    #[must_use]
    pub fn filter_all(mut self, pipeline: &FilterPipeline<E>) -> Self {
        let names = pipeline
            .ordered()
            .into_iter()
            .map(|filter| filter.shared_name());
        self.filter_names.extend(names.map(Some));
        self.filters.extend(pipeline.conditions());
        self.report.extend(pipeline.report());
        if let Some(statistics) = pipeline.known() {
            self.statistics = Some(statistics.clone());
        }
        self
    }

    /// What PostgreSQL knows of the tables, by which conditions on links ([`Links`](crate::Links)) are written in the form
    /// that is likely to be fast. Without it, the statement finds out by itself, which costs it a little.
    ///
    /// [`filter_all`](Self::filter_all) takes those of its pipeline.
    #[must_use]
    pub fn statistics(mut self, statistics: Statistics) -> Self {
        self.statistics = Some(statistics);
        self
    }

    /// What PostgreSQL knows of the tables, and which indexes they have: by which a computed order is found in the form that
    /// is likely to be fast ([`OrderForm`]), and rows with NULL are read apart where an index has them on the other side.
    /// Its statistics serve as those of [`statistics`](Self::statistics) do, unless others are given there.
    ///
    /// A wrong or old one changes how fast the statement is, never its rows. What was chosen, and why, is in the
    /// statement's [`report`](PageStatement::report).
    ///
    /// ```no_run
    /// use pagewise::chat::{self, Session};
    /// use pagewise::{Catalog, Listing, Page};
    ///
    /// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
    /// let catalog = Catalog::read(client, &chat::filter_tables())?;      // kept by the host, see `CatalogCache`
    /// let messages = chat::message_timestamps();
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .catalog(catalog)
    ///     .order_by(messages.last.desc())
    ///     .page(Page::first(25))
    ///     .build()?;
    /// println!("{}", page.report());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Counters whose values are read where they are kept, in place of the sub-selects that compute them: those that the
    /// [`catalog`](Self::catalog) says to be ready. The list may show, sort and filter by the same annotations as without; the
    /// rows and the values are the same.
    ///
    /// A catalog that does not know of a counter changes nothing but how fast the statement is. One that is so old that the
    /// counter is gone meanwhile makes it fail: the table (or the column) is undefined.
    /// [`Strategy::Legacy`] has a sub-select for each row, whatever is said here.
    ///
    /// ```
    /// use pagewise::chat::{self, Session};
    /// use pagewise::{Catalog, Listing, Page};
    ///
    /// # fn example(catalog: Catalog) -> Result<(), pagewise::Error> {
    /// let messages = chat::message_timestamps();
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .catalog(catalog)
    ///     .counters([chat::session_messages()?])
    ///     .order_by(messages.last.desc())              // walks the counter's index
    ///     .show(&messages)
    ///     .page(Page::first(25))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn counters(mut self, counters: impl IntoIterator<Item = Counter<E>>) -> Self {
        let plans = counters.into_iter().map(|counter| counter.plan);
        self.counters.extend(plans);
        self
    }

    /// Those that are ready, and what is to be said of the others.
    fn ready_counters(&self, strategy: Strategy, report: &mut Report) -> Vec<Arc<Plan>> {
        let mut ready = Vec::new();
        if strategy == Strategy::Legacy {
            return ready;
        }
        for plan in &self.counters {
            let reason = match &self.catalog {
                None => "no catalog was given",
                Some(catalog) if catalog.has_counter(plan) => {
                    ready.push(Arc::clone(plan));
                    continue;
                }
                Some(_) => "the catalog does not know it to be ready",
            };
            report.add(format!("counter {}", plan.label), "not read", reason);
        }
        ready
    }

    /// In which form values are computed that the list is sorted by, where the listing is not to choose. Where a form is
    /// not possible, the listing chooses all the same. [`Strategy::Legacy`] has a sub-select for each row, whatever is
    /// said here.
    #[must_use]
    pub fn order_form(mut self, form: OrderForm) -> Self {
        self.order_form = form;
        self
    }

    /// How many related rows are walked at most ([`OrderForm::Walk`]); 32 768 unless said otherwise.
    #[must_use]
    pub fn walk_limit(mut self, rows: u32) -> Self {
        self.walk_limit = rows;
        self
    }

    /// In which form conditions on links ([`Links`](crate::Links)) are written, where the listing is not to choose.
    /// [`Strategy::Legacy`] writes them row by row, whatever is said here.
    #[must_use]
    pub fn link_form(mut self, form: LinkForm) -> Self {
        self.link_form = form;
        self
    }

    /// How long the statement looks at single rows and links, where it finds out by itself which form of its conditions
    /// on links is faster.
    #[must_use]
    pub fn link_limits(mut self, limits: LinkLimits) -> Self {
        self.link_limits = limits;
        self
    }

    /// Sorted by this; by further calls where that is equal. The key is appended, so that the order is total.
    /// Without any, rows are sorted by [`default_order`](Self::default_order), without that by their key.
    #[must_use]
    pub fn order_by(mut self, order: Order<E>) -> Self {
        self.orders.push(order.node);
        self
    }

    /// Sorted by this where no other order is asked for: what a list does until its user clicks on a heading.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::listing::SortFields;
    /// use pagewise::{Listing, Page};
    ///
    /// let fields = SortFields::new().field("status", Session::STATUS.asc(), Session::STATUS.desc());
    /// let listing = Listing::of(Session).tenant(7).default_order(Session::CREATED_AT.desc());
    /// let sorted = |request: &str| {
    ///     let listing = listing.clone().order_by_all(fields.parse(request)?);
    ///     listing.page(Page::first(25)).build().map(|page| page.to_string())
    /// };
    /// assert!(sorted("")?.contains(r#"ORDER BY "session"."created_at" DESC"#));
    /// assert!(sorted("status")?.contains(r#"ORDER BY "session"."status" ASC NULLS LAST, "session"."id" ASC"#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn default_order(mut self, order: Order<E>) -> Self {
        self.default_orders.push(order.node);
        self
    }

    /// Sorted by these; see [`order_by`](Self::order_by).
    #[must_use]
    pub fn order_by_all(mut self, orders: impl IntoIterator<Item = Order<E>>) -> Self {
        self.orders
            .extend(orders.into_iter().map(|order| order.node));
        self
    }

    /// Shows columns, expressions and annotations: one, a tuple, or a list. The key is always shown. What is not
    /// shown, sorted by or filtered on is not computed.
    #[must_use]
    pub fn show(mut self, selection: impl Selection<E>) -> Self {
        selection.add_to(&mut Shows::new(&mut self.shown));
        self
    }

    /// Which page.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// The largest page that may be asked for; 1000 unless said otherwise. A guard of the host against page
    /// sizes that come from a request.
    #[must_use]
    pub fn max_page_size(mut self, rows: u32) -> Self {
        self.max_page_size = rows;
        self
    }

    /// Which of the two ways to the rows.
    #[must_use]
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.choice.set(strategy);
        self
    }

    /// Which of the two ways, as a switch says when the page is built, if [`strategy`](Self::strategy) does not.
    #[must_use]
    pub fn switch(mut self, switch: impl Into<SwitchHandle>) -> Self {
        self.choice.follow(switch.into());
        self
    }

    /// Which way it would be built now.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn chosen_strategy(&self) -> Strategy {
        self.choice.strategy()
    }

    /// The statement of the page.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`]: no tenant, or one of the wrong type;
    /// * [`Error::PageRequired`], [`Error::PageEmpty`], [`Error::PageTooLarge`], [`Error::OffsetTooLarge`];
    /// * [`Error::Cursor`]: the cursor is of another order;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`]: two outputs of one name, or a name that cannot be one;
    /// * [`Error::NulInText`]: a text with NUL, which PostgreSQL cannot compare with.
    pub fn build(&self) -> Result<PageStatement<E>, Error> {
        self.build_as(self.choice.strategy())
    }

    /// As [`build`](Self::build), this way, whatever the builder and its switch say.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_as(&self, strategy: Strategy) -> Result<PageStatement<E>, Error> {
        let page = self.page.as_ref().ok_or(Error::PageRequired)?;
        page.check(self.max_page_size)?;
        let mut report = self.report.clone();
        let counters = self.ready_counters(strategy, &mut report);
        let mut orders = self.total_order();
        for order in &mut orders {
            order.node = Plan::read_in(&counters, &order.node);
        }
        let shown = self.shown_with(&counters, &orders);
        let mut forms = self.forms(strategy, page, &orders);
        let definition = const { &E::DEFINITION };
        let after = cursor::fitting(page, definition, &orders)?;
        let scanned = page.scan_orders(&orders);
        let mut sorting = match strategy {
            Strategy::Optimized => {
                self.sorting(page, &scanned, after.as_deref(), &forms, &counters)
            }
            Strategy::Legacy => Sorting::default(),
        };
        report.extend(std::mem::take(&mut forms.report));
        report.extend(std::mem::take(&mut sorting.report));
        forms.report = report;
        let mut outputs = Outputs::new(definition, &shown, &orders)?;
        if sorting.walk.is_none() {
            // A walk that fills the page makes no pass.
            outputs.share(&sorting.grouped);
        }
        let request = Request {
            definition: const { &E::DEFINITION },
            renderer: Renderer::new(self.tenant.as_ref(), self.link_limits.few_links),
            forms,
            outputs,
            after,
            sorting,
            scan_orders: scanned.into_owned(),
            orders,
            counters,
            page,
        };
        let select = request.statement(|request| match strategy {
            Strategy::Optimized => optimized::select(request),
            Strategy::Legacy => legacy::select(request),
        })?;
        PageStatement::new(&request, select, strategy)
    }

    /// The statement of the total alone, for a host that asks for it apart from the page: one row, whose one column,
    /// `total_rows`, is never NULL.
    ///
    /// All rows are counted, unless the page asks for a total up to a cap. A page need not have been said.
    ///
    /// # Errors
    ///
    /// [`Error::TenantRequired`], [`Error::TenantType`], [`Error::NulInText`], as [`build`](Self::build).
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::Listing;
    /// use pagewise::chat::Session;
    ///
    /// let total = Listing::of(Session).tenant(7).filter(Session::STATUS.eq("active")).build_total()?;
    /// assert_eq!(
    ///     total.text(),
    ///     r#"SELECT COUNT(*) AS "total_rows" FROM "experiments_experimentsession" AS "session" WHERE "session"."team_id" = $1 AND "session"."status" = $2"#
    /// );
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    pub fn build_total(&self) -> Result<Statement, Error> {
        let asked_for = self.page.as_ref().map(Page::total);
        let total = match asked_for {
            Some(total @ Total::Capped(_)) => total,
            _ => Total::Exact,
        };
        let page = &Page::first(1).with_total(total);
        let orders = self.total_order();
        let strategy = self.choice.strategy();
        let request = Request {
            definition: const { &E::DEFINITION },
            renderer: Renderer::new(self.tenant.as_ref(), self.link_limits.few_links),
            forms: self.forms(strategy, page, &orders),
            outputs: Outputs::new(const { &E::DEFINITION }, &[], &[])?,
            after: None,
            sorting: Sorting::default(),
            scan_orders: Vec::new(),
            orders,
            counters: self.ready_counters(strategy, &mut Report::default()),
            page,
        };
        total::alone(&request)
    }

    /// What is shown; a value that is kept in a column of the row itself, or beside one that the rows are sorted by, is read
    /// with the row.
    fn shown_with(&self, counters: &[Arc<Plan>], orders: &[OrderNode]) -> Cow<'_, [Shown]> {
        let is_joined = |plan: &Plan| {
            let mut is_joined = false;
            for order in orders {
                order.node.walk(&mut |node| {
                    if let Node::Kept(kept) = node {
                        is_joined |= kept.side == Some(plan.side);
                    }
                });
            }
            is_joined
        };
        let of_row: Vec<_> = counters
            .iter()
            .filter(|plan| plan.in_parent || is_joined(plan))
            .map(Arc::clone)
            .collect();
        if of_row.is_empty() {
            return Cow::Borrowed(&self.shown);
        }
        let shown = self.shown.iter().map(|shown| Shown {
            node: Plan::read_in(&of_row, &shown.node),
            ..shown.clone()
        });
        Cow::Owned(shown.collect())
    }

    /// What its rows, their order and what is shown of them would be found by.
    #[cfg(feature = "plan")]
    pub(crate) fn want(&self, wants: &mut crate::plan::Wants) {
        let orders = self.total_order();
        wants.rows(const { &E::DEFINITION }, &self.filters, orders.first());
        for order in &orders {
            wants.value(&order.node, true);
        }
        for shown in &self.shown {
            wants.value(&shown.node, false);
        }
    }

    /// What is known of the tables' rows.
    fn known(&self) -> Option<&Statistics> {
        let of_catalog = || self.catalog.as_ref().map(Catalog::statistics);
        self.statistics.as_ref().or_else(of_catalog)
    }

    fn sorting(
        &self,
        page: &Page,
        orders: &[OrderNode],
        after: Option<&[Value]>,
        forms: &Forms<'_>,
        counters: &[Arc<Plan>],
    ) -> Sorting {
        let statistics = self.statistics.as_ref();
        let catalog = self.catalog.as_ref().map(|catalog| match statistics {
            Some(statistics) => Cow::Owned(catalog.clone().with_statistics(statistics.clone())),
            None => Cow::Borrowed(catalog),
        });
        // What is kept is not computed beside anything.
        let is_kept = |shown: &&Shown| match &shown.node {
            Node::Annotation(annotation) => Plan::is_kept(counters, annotation),
            _ => false,
        };
        let computed = match counters {
            [] => Cow::Borrowed(&self.shown),
            _ => Cow::Owned(
                self.shown
                    .iter()
                    .filter(|shown| !is_kept(shown))
                    .cloned()
                    .collect(),
            ),
        };
        sorting::choose(&Circumstances {
            definition: const { &E::DEFINITION },
            tenant: self.tenant.as_ref(),
            catalog: catalog.as_deref(),
            filters: &self.filters,
            orders,
            shown: &computed,
            size: page.rows_and_one(),
            form: self.order_form,
            walk_limit: self.walk_limit,
            wanted: page.rows_to_end(),
            has_offset: page.has_offset(),
            cursor: after.and_then(<[Value]>::first).map(cursor::is_null),
            is_flat: matches!(forms.page, Way::Flat(_)),
            have_driver: have_driver(&self.filters),
        })
    }

    fn forms(&self, strategy: Strategy, page: &Page, orders: &[OrderNode]) -> Forms<'_> {
        if strategy == Strategy::Legacy || !have_driver(&self.filters) {
            return Forms::unchanged(&self.filters);
        }
        let circumstances = choice::Circumstances {
            definition: const { &E::DEFINITION },
            tenant: self.tenant.as_ref(),
            statistics: self.known(),
            form: self.link_form,
            limits: self.link_limits,
            wanted: page.rows_to_end(),
            has_total: page.is_counted(),
            has_plain_order: orders.iter().all(|order| order.node.is_plain()),
            is_deep: page.is_deep(),
        };
        let conjuncts = Conjuncts::new(&self.filters, &self.filter_names);
        let chosen = choice::choose(&conjuncts, &circumstances);
        chosen.unwrap_or_else(|| Forms::unchanged(&self.filters))
    }

    /// The sort keys, made total by the key.
    fn total_order(&self) -> Vec<OrderNode> {
        let asked_for = if self.orders.is_empty() {
            &self.default_orders
        } else {
            &self.orders
        };
        let mut orders: Vec<OrderNode> = Vec::with_capacity(asked_for.len() + 1);
        for order in asked_for {
            // What is sorted by already decides nothing more, nor does a constant, by which PostgreSQL refuses to sort.
            let is_known = |before: &OrderNode| before.node.is_same_value(&order.node);
            let is_constant = matches!(order.node, Node::Constant(_));
            if !is_constant && !orders.iter().any(is_known) {
                orders.push(order.clone());
            }
        }
        let key = E::DEFINITION.key;
        match orders.iter().position(|order| order.is_column(key)) {
            // Nothing after the key decides anything.
            Some(at) => orders.truncate(at + 1),
            None => {
                let direction = orders
                    .last()
                    .map_or(Direction::Ascending, |order| order.direction);
                orders.push(OrderNode::by_key(const { &E::DEFINITION }, direction));
            }
        }
        orders
    }
}

impl<E> Clone for Listing<E> {
    fn clone(&self) -> Self {
        Self {
            choice: self.choice.clone(),
            tenant: self.tenant.clone(),
            filters: self.filters.clone(),
            filter_names: self.filter_names.clone(),
            statistics: self.statistics.clone(),
            catalog: self.catalog.clone(),
            counters: self.counters.clone(),
            order_form: self.order_form,
            walk_limit: self.walk_limit,
            report: self.report.clone(),
            link_form: self.link_form,
            link_limits: self.link_limits,
            orders: self.orders.clone(),
            default_orders: self.default_orders.clone(),
            shown: self.shown.clone(),
            page: self.page.clone(),
            max_page_size: self.max_page_size,
            marker: PhantomData,
        }
    }
}

impl<E: Entity> fmt::Debug for Listing<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("of", &E::DEFINITION.table)
            .field("strategy", &self.choice)
            .field("tenant", &self.tenant)
            .field("filters", &self.filters)
            .field("orders", &self.orders)
            .field("default_orders", &self.default_orders)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}
