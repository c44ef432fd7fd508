//! The walls between realms on Postgres, seen from below the store: every table's policies and keys, and what a login
//! role sees that takes no role.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use tokio_postgres::{Client, NoTls};
use vestibule_conformance::storage::fixture::Fixture;
use vestibule_database::{DatabaseConfig, DbStore, testing::temp_postgres};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn texts(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().into_iter().map(|row| row.get(0)).collect()
}

/// Above realms: no `realm_id`, and no policy for the confined role.
const ABOVE_REALMS: &str = "('setup_codes')";

#[tokio::test]
async fn every_table_has_forced_policies() {
    let (_, guard) = temp_postgres().await;
    let client = connect(&guard.superuser_url).await;
    let tables = "FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
                  WHERE t.relkind = 'r' AND t.relname NOT LIKE '\\_\\_%'";
    assert!(texts(&client, &format!("SELECT t.relname::text {tables}")).await.len() > 20);
    let open =
        format!("SELECT t.relname::text {tables} AND NOT (t.relrowsecurity AND t.relforcerowsecurity)");
    assert_eq!(texts(&client, &open).await, Vec::<String>::new(), "without forced row-level security");
    // One policy each, for reading and writing alike, and none for anybody else.
    let unguarded = format!(
        "SELECT t.relname::text {tables} AND (SELECT array_agg(r.rolname::text ORDER BY r.rolname) \
         FROM pg_policy p JOIN pg_roles r ON r.oid = ANY(p.polroles) WHERE p.polrelid = t.oid AND p.polcmd = '*') \
         IS DISTINCT FROM CASE WHEN t.relname IN {ABOVE_REALMS} THEN ARRAY['vestibule_system'] \
         ELSE ARRAY['vestibule_app', 'vestibule_system'] END"
    );
    assert_eq!(texts(&client, &unguarded).await, Vec::<String>::new(), "without their policies");
    let loose = "SELECT tablename || ': ' || qual || ' / ' || with_check FROM pg_policies WHERE 'vestibule_app' = ANY(roles) \
                 AND (qual <> with_check OR qual <> '(' || CASE tablename WHEN 'realms' THEN 'id' ELSE 'realm_id' END \
                 || ' = vestibule_realm())')";
    assert_eq!(texts(&client, loose).await, Vec::<String>::new(), "policies that compare something else");
}

#[tokio::test]
async fn every_key_includes_the_realm() {
    let (_, guard) = temp_postgres().await;
    let client = connect(&guard.superuser_url).await;
    // Slug and host are unique in the whole installation: they are how a realm is found.
    let keys = format!(
        "SELECT t.relname || '.' || i.relname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public' \
         WHERE x.indisunique AND t.relname NOT LIKE '\\_\\_%' AND t.relname NOT IN {ABOVE_REALMS} \
         AND i.relname NOT IN ('realms_pkey', 'realms_slug', 'realm_hosts_host') \
         AND (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0]) <> 'realm_id'"
    );
    assert_eq!(texts(&client, &keys).await, Vec::<String>::new(), "unique keys without the realm");
    let references = "SELECT c.conname::text FROM pg_constraint c WHERE c.contype = 'f' AND NOT EXISTS \
        (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = c.conkey[1] AND a.attname = 'realm_id')";
    assert_eq!(texts(&client, references).await, Vec::<String>::new(), "foreign keys without the realm");
    // Deleting a parent looks for its children.
    let unindexed = "SELECT c.conrelid::regclass || '.' || c.conname FROM pg_constraint c WHERE c.contype = 'f' AND NOT EXISTS \
        (SELECT 1 FROM pg_index x WHERE x.indrelid = c.conrelid AND \
        (x.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)";
    assert_eq!(texts(&client, unindexed).await, Vec::<String>::new(), "foreign keys without an index");
}

#[tokio::test]
async fn a_login_that_takes_no_role_sees_nothing() {
    let (config, _guard) = temp_postgres().await;
    let DatabaseConfig::Postgres(postgres) = &config else { panic!("not Postgres") };
    let login = connect(postgres.url.expose()).await;
    let store = std::sync::Arc::new(DbStore::open(config.clone()).await.unwrap());
    let first = Fixture::new(store.clone(), "first").await;
    let user = first.user("ada@acme.test").await;
    let second = Fixture::new(store, "second").await;
    let privileges = texts(
        &login,
        "SELECT (rolsuper OR rolbypassrls OR rolinherit)::text FROM pg_roles WHERE rolname = current_user",
    )
    .await;
    assert_eq!(privileges, ["false"]);
    assert!(login.query("SELECT id FROM users", &[]).await.is_err(), "no privilege without a role");

    let count = async |setting: String| {
        login.batch_execute(&format!("BEGIN; SET LOCAL ROLE vestibule_app; {setting}")).await.unwrap();
        let found = texts(&login, "SELECT id::text FROM users").await;
        login.batch_execute("ROLLBACK").await.unwrap();
        found
    };
    let realm = |fixture: &Fixture| format!("SET LOCAL app.realm_id = '{}'", fixture.cx.realm.as_uuid());
    assert_eq!(count(String::new()).await, Vec::<String>::new(), "no setting, no row");
    assert_eq!(count(realm(&first)).await, [user.id.as_uuid().to_string()]);
    assert_eq!(count(realm(&second)).await, Vec::<String>::new());
    assert_eq!(count(String::new()).await, Vec::<String>::new(), "the setting ended with its transaction");
    let confined = "BEGIN; SET LOCAL ROLE vestibule_app";
    login.batch_execute(confined).await.unwrap();
    assert!(login.query("SELECT digest FROM setup_codes", &[]).await.is_err());
    login.batch_execute("ROLLBACK").await.unwrap();
    // A row of another realm cannot be written either.
    let foreign = format!(
        "{confined}; {}; INSERT INTO one_time_values VALUES ('{}', 'p', decode(repeat('00', 32), 'hex'), now())",
        realm(&first),
        second.cx.realm.as_uuid()
    );
    assert!(login.batch_execute(&foreign).await.is_err());
    login.batch_execute("ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn even_a_superuser_login_is_confined() {
    let (config, guard) = temp_postgres().await;
    let DatabaseConfig::Postgres(mut postgres) = config else { panic!("not Postgres") };
    postgres.url = vestibule_kernel::Secret::new(guard.superuser_url.clone());
    let store = std::sync::Arc::new(DbStore::open(DatabaseConfig::Postgres(postgres)).await.unwrap());
    let fixture = Fixture::new(store, "first").await;
    fixture.user("ada@acme.test").await;
    let superuser = connect(&guard.superuser_url).await;
    superuser.batch_execute("BEGIN; SET LOCAL ROLE vestibule_app").await.unwrap();
    assert!(texts(&superuser, "SELECT id::text FROM users").await.is_empty());
}

#[tokio::test]
async fn events_are_append_only_for_everybody() {
    let (config, guard) = temp_postgres().await;
    let store = std::sync::Arc::new(DbStore::open(config).await.unwrap());
    Fixture::new(store, "first").await;
    let superuser = connect(&guard.superuser_url).await;
    for sql in ["UPDATE events SET kind = 'x'", "DELETE FROM events", "TRUNCATE events"] {
        assert!(superuser.batch_execute(sql).await.is_err(), "{sql}");
    }
    for role in ["vestibule_app", "vestibule_system"] {
        let sql = format!("BEGIN; SET LOCAL ROLE {role}; UPDATE events SET kind = 'x'");
        assert!(superuser.batch_execute(&sql).await.is_err(), "{role}");
        superuser.batch_execute("ROLLBACK").await.unwrap();
    }
    assert_eq!(texts(&superuser, "SELECT kind FROM events").await, ["realm.created"]);
}
