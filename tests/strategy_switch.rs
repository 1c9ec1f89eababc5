//! The switch of the whole process, in a process of its own: other tests would be built by it too.

use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{CombinedAggregate, Rows};
use pagewise::chat::Session;
use pagewise::strategy::{PROCESS_WIDE, StrategySwitch};
use pagewise::{Listing, Page};

#[test]
fn the_process_decides_where_nobody_else_does() {
    static PAGE: StrategySwitch = StrategySwitch::new("page");
    let listing = Listing::of(Session).tenant(1).page(Page::first(5));
    let count = Rows::of(Session).count().named("sessions");
    let numbers = CombinedAggregate::new().tenant(1).numbers(&count);
    let switched = listing.clone().switch(&PAGE);
    let said = listing.clone().strategy(Optimized);
    let strategies = || {
        [
            listing.build().unwrap().strategy(),
            numbers.clone().build().unwrap().strategy(),
            switched.build().unwrap().strategy(),
            said.build().unwrap().strategy(),
        ]
    };
    assert_eq!(strategies(), [Optimized; 4]);
    let before = listing.build().unwrap();

    std::thread::spawn(|| PROCESS_WIDE.set(Legacy))
        .join()
        .unwrap();
    assert_eq!(strategies(), [Legacy, Legacy, Legacy, Optimized]);
    assert_eq!(before.strategy(), Optimized);
    PAGE.set(Optimized);
    assert_eq!(strategies(), [Legacy, Legacy, Optimized, Optimized]);
    PROCESS_WIDE.set(Optimized);
    PAGE.set(Legacy);
    assert_eq!(strategies(), [Optimized, Optimized, Legacy, Optimized]);
    PAGE.clear();
    PROCESS_WIDE.clear();
    assert_eq!(strategies(), [Optimized; 4]);
    assert_eq!(PROCESS_WIDE.get(), None);
}
