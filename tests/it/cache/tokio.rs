//! The cache through the asynchronous client.

use std::time::Duration;

use pagewise::cache::ResultCache;
use tokio_postgres::NoTls;

use super::{COUNT, database};

#[tokio::test]
async fn the_life_of_a_result() {
    let (database, _client) = tokio::task::spawn_blocking(database).await.unwrap();
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let ticket = cache
        .lookup_async(&client, &key)
        .await
        .unwrap()
        .fresh()
        .unwrap_err();
    assert!(
        cache
            .put_async(&client, &key, &vec![7], &ticket)
            .await
            .unwrap()
    );
    let found = cache.lookup_async(&client, &key).await.unwrap();
    assert_eq!(found.fresh(), Ok(vec![7]));
    cache.flush_counts_async(&client).await.unwrap();
    let statistics = cache.statistics_async(&client, 1).await.unwrap();
    assert_eq!(statistics.hit_ratio(), Some(0.5));
    assert_eq!(cache.purge_async(&client, Duration::ZERO).await.unwrap(), 0);
    tokio::task::spawn_blocking(move || drop((database, _client)))
        .await
        .unwrap();
}
