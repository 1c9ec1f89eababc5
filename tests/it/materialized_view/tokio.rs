//! The same through the asynchronous client.

use pagewise::ddl::materialized_view::{Refreshed, WhileRefreshed};
use tokio_postgres::NoTls;

use super::lifecycle::{declared, insert, total};
use crate::support::empty;

#[tokio::test]
async fn the_life_of_a_view() {
    // A blocking client is not dropped in an asynchronous task.
    let database = std::thread::spawn(|| {
        let (database, mut client) = empty();
        insert(&mut client, 3);
        database
    })
    .join()
    .unwrap();
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let (view, sessions) = declared();
    assert_eq!(view.state_async(&client).await.unwrap(), None);
    view.create_async(&client).await.unwrap();
    for expected in [Refreshed::First, Refreshed::Again] {
        let refreshed = view.refresh_async(&client, WhileRefreshed::Skip).await;
        assert_eq!(refreshed.unwrap(), expected);
    }
    let rows = total(&view, &sessions).fetch_async(&client).await.unwrap();
    assert_eq!(rows[0].get(&sessions).unwrap(), 3);
    assert!(
        view.state_async(&client)
            .await
            .unwrap()
            .unwrap()
            .is_populated
    );
    view.rebuild_async(&client).await.unwrap();
    view.drop_async(&client).await.unwrap();
    assert_eq!(view.state_async(&client).await.unwrap(), None);
    drop(client);
    std::thread::spawn(move || drop(database)).join().unwrap();
}
