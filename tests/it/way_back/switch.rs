//! Who decides, and when. The switch of the whole process is tested in a process of its own: `tests/strategy_switch.rs`.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{Batch, CombinedAggregate, Rows, Window};
use pagewise::chat::dashboard::Dashboard;
use pagewise::chat::{Session, TaggableIds};
use pagewise::strategy::StrategySwitch;
use pagewise::{ContentTypeId, Error, Strategy};

use super::requests::{is_optimized, sessions};

#[test]
fn the_call_comes_before_the_builder_before_the_switch() {
    static SWITCH: StrategySwitch = StrategySwitch::new("precedence");
    let plain = sessions(1);
    let switched = plain.clone().switch(&SWITCH);
    let said = switched.clone().strategy(Optimized);
    let strategies = || {
        let built = [&plain, &switched, &said].map(|listing| listing.build().unwrap());
        for page in &built {
            assert_eq!(is_optimized(page.text()), page.strategy() == Optimized);
        }
        built.map(|page| page.strategy())
    };
    assert_eq!(strategies(), [Optimized, Optimized, Optimized]);
    SWITCH.set(Legacy);
    assert_eq!(strategies(), [Optimized, Legacy, Optimized]);
    assert_eq!(said.build_as(Legacy).unwrap().strategy(), Legacy);
    assert_eq!(switched.build_as(Optimized).unwrap().strategy(), Optimized);
    // Whichever was said first.
    let builder_first = plain.clone().strategy(Optimized).switch(&SWITCH);
    assert_eq!(builder_first.build().unwrap().strategy(), Optimized);
    SWITCH.clear();
    assert_eq!(strategies(), [Optimized, Optimized, Optimized]);
}

#[test]
fn switches_within_one_another_come_to_an_end() {
    static ONE: StrategySwitch = StrategySwitch::within("one", &OTHER);
    static OTHER: StrategySwitch = StrategySwitch::within("other", &ONE);
    assert_eq!((ONE.strategy(), OTHER.strategy()), (Optimized, Optimized));
    OTHER.set(Legacy);
    assert_eq!((ONE.strategy(), OTHER.strategy()), (Legacy, Legacy));
}

#[test]
fn a_switch_goes_by_those_that_it_is_within() {
    static ALL: StrategySwitch = StrategySwitch::new("all");
    static LISTS: StrategySwitch = StrategySwitch::within("lists", &ALL);
    let page = StrategySwitch::within("page", &LISTS);
    assert_eq!(
        (page.name(), page.get(), page.strategy()),
        ("page", None, Optimized)
    );
    ALL.set(Legacy);
    assert_eq!((page.get(), page.strategy()), (None, Legacy));
    LISTS.set(Optimized);
    assert_eq!((ALL.strategy(), page.strategy()), (Legacy, Optimized));
    page.set(Legacy);
    assert_eq!((page.get(), page.strategy()), (Some(Legacy), Legacy));
    page.clear();
    LISTS.clear();
    assert_eq!(page.strategy(), Legacy);
    ALL.clear();
    assert_eq!(page.strategy(), Optimized);
}

#[test]
fn aggregates_and_dashboards_have_the_same_precedence() {
    let switch = Arc::new(StrategySwitch::new("dashboard"));
    let count = Rows::of(Session).count().named("sessions");
    let numbers = || {
        CombinedAggregate::new()
            .tenant(1)
            .numbers(&count)
            .switch(&switch)
    };
    let mut batch = Batch::new().tenant(1).switch(&switch);
    // What a part says is of no matter in a batch.
    batch.add(CombinedAggregate::new().numbers(&count).strategy(Legacy));
    let ids = TaggableIds {
        chat: ContentTypeId::new(1),
        message: ContentTypeId::new(2),
    };
    let window = Window::before(Utc::now(), TimeDelta::days(7)).unwrap();
    let dashboard = Dashboard::new(window, &ids)
        .tenant(1)
        .switch(switch.clone());
    let strategies = || {
        let dashboard = dashboard.build().unwrap();
        assert_eq!(
            dashboard.statements().len() == 1,
            dashboard.strategy() == Optimized
        );
        [
            numbers().build().unwrap().strategy(),
            batch.clone().build().unwrap().strategy(),
            dashboard.strategy(),
        ]
    };
    assert_eq!(strategies(), [Optimized; 3]);
    switch.set(Legacy);
    assert_eq!(strategies(), [Legacy; 3]);
    assert_eq!(
        numbers().strategy(Optimized).build().unwrap().strategy(),
        Optimized
    );
    assert_eq!(numbers().build_as(Optimized).unwrap().strategy(), Optimized);
    assert_eq!(dashboard.build_as(Optimized).unwrap().strategy(), Optimized);
    assert_eq!(
        dashboard
            .clone()
            .strategy(Optimized)
            .build()
            .unwrap()
            .strategy(),
        Optimized
    );
}

#[test]
fn what_another_thread_flips_holds_from_the_next_statement_on() {
    static SWITCH: StrategySwitch = StrategySwitch::new("flipped");
    let listing = sessions(1).switch(&SWITCH);
    let before = listing.build().unwrap();
    std::thread::spawn(|| SWITCH.set(Legacy)).join().unwrap();
    let after = listing.build().unwrap();
    // What was built stays what it is.
    assert_eq!((before.strategy(), after.strategy()), (Optimized, Legacy));
    assert!(is_optimized(before.text()) && !is_optimized(after.text()));
    assert_eq!(before.clone().strategy(), Optimized);
}

#[test]
fn the_total_alone_follows_the_switch_too() {
    static SWITCH: StrategySwitch = StrategySwitch::new("total");
    let total = sessions(1).switch(&SWITCH).build_total().unwrap();
    SWITCH.set(Legacy);
    assert_eq!(
        sessions(1).switch(&SWITCH).build_total().unwrap().text(),
        sessions(1).strategy(Legacy).build_total().unwrap().text()
    );
    assert_eq!(total.text(), sessions(1).build_total().unwrap().text());
}

#[test]
fn strategies_are_read_from_settings() {
    for strategy in [Optimized, Legacy] {
        assert_eq!(strategy.to_string().parse::<Strategy>().unwrap(), strategy);
    }
    let refused = "Legacy".parse::<Strategy>().unwrap_err();
    assert!(matches!(refused, Error::UnknownStrategy { .. }));
    assert_eq!(
        refused.to_string(),
        r#"there is no strategy "Legacy": use "optimized" or "legacy""#
    );
}
