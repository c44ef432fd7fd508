//! The written rules of migrations, as far as a program can check them. Each rule keeps the release that is still
//! running working on the new schema, or keeps a wall standing. The rules in words: `migrations/README.md`.

/// One migration as text.
struct Text {
    backend: &'static str,
    name: &'static str,
    up: Option<&'static str>,
    down: Option<&'static str>,
}

// `TEXTS`: every embedded migration.
include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The mark that allows a statement to break the expand rule, followed by the reason.
const CONTRACT_MARK: &str = "-- contract:";

/// What a migration may not do without a mark: the words, and why.
const BREAKING: [(&str, &str); 8] = [
    (" DROP COLUMN ", "drops a column that the running release may read"),
    (" RENAME ", "renames what the running release calls by its old name"),
    (" SET NOT NULL", "makes a column required that the running release may leave out"),
    ("DROP TABLE ", "drops a table that the running release may use"),
    ("DROP FUNCTION ", "drops a function that the running release may use"),
    (" TYPE ", "changes the type of a column under the running release"),
    ("TRUNCATE ", "removes data"),
    ("REVOKE ", "takes a privilege that the running release may need"),
];

/// All migrations of Postgres in one text, which changes when one of them does.
#[cfg(feature = "testing")]
pub(crate) fn all_texts() -> String {
    TEXTS.iter().filter(|text| text.backend == "postgres").filter_map(|text| text.up).collect()
}

/// Every broken rule of every embedded migration.
pub(crate) fn broken() -> Vec<String> {
    let mut found = Vec::new();
    for text in TEXTS {
        found.extend(
            broken_by(text).into_iter().map(|what| format!("{}/{}: {what}", text.backend, text.name)),
        );
        let twin = TEXTS.iter().any(|other| other.backend != text.backend && other.name == text.name);
        if !twin {
            found.push(format!(
                "{}/{}: the other database has no migration of this name",
                text.backend, text.name
            ));
        }
    }
    found
}

fn broken_by(text: &Text) -> Vec<String> {
    let mut found = Vec::new();
    if text.down.is_none_or(|down| statements(down).is_empty()) {
        found.push("has no down.sql".to_owned());
    }
    let Some(up) = text.up else {
        found.push("has no up.sql".to_owned());
        return found;
    };
    let statements = statements(up);
    let created: Vec<&str> =
        statements.iter().filter_map(|statement| created_table(&statement.sql)).collect();
    for statement in &statements {
        if !statement.marked {
            found.extend(unsafe_change(&statement.sql, &created));
        }
    }
    for table in created {
        if text.backend == "postgres" {
            found.extend(missing_wall(table, &statements));
        } else if !statements
            .iter()
            .any(|s| created_table(&s.sql) == Some(table) && s.sql.ends_with("STRICT"))
        {
            found.push(format!("table {table} is not STRICT"));
        }
    }
    found
}

/// A statement without comments, its white space reduced.
struct Statement {
    sql: String,
    marked: bool,
}

fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let (mut sql, mut marked, mut quoted) = (String::new(), false, false);
    for line in text.lines() {
        let line = line.trim();
        if !quoted && line.starts_with("--") {
            marked |= line.strip_prefix(CONTRACT_MARK).is_some_and(|reason| !reason.trim().is_empty());
            continue;
        }
        let line = if quoted { line } else { line.split(" -- ").next().unwrap_or_default().trim() };
        if line.is_empty() {
            continue;
        }
        quoted ^= line.matches("$$").count() % 2 == 1;
        if !sql.is_empty() {
            sql.push(' ');
        }
        sql.push_str(line);
        let in_trigger = sql.starts_with("CREATE TRIGGER") && sql.contains(" BEGIN ") && line != "END;";
        if !quoted && !in_trigger && line.ends_with(';') {
            let whole = std::mem::take(&mut sql);
            let whole = whole.trim_end_matches(';').split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(Statement { sql: whole, marked: std::mem::take(&mut marked) });
        }
    }
    if !sql.is_empty() {
        found.push(Statement { sql, marked });
    }
    found
}

fn created_table(sql: &str) -> Option<&str> {
    let rest = sql.strip_prefix("CREATE TABLE ")?;
    rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest).split([' ', '(']).next()
}

fn altered_table(sql: &str) -> Option<&str> {
    let rest = sql.strip_prefix("ALTER TABLE ")?;
    let rest = rest.strip_prefix("IF EXISTS ").unwrap_or(rest);
    rest.strip_prefix("ONLY ").unwrap_or(rest).split(' ').next()
}

/// Rules about what exists; a table made by the same migration is nobody's yet.
fn unsafe_change(sql: &str, created: &[&str]) -> Vec<String> {
    let upper = sql.to_uppercase();
    if sql.starts_with("CREATE FUNCTION") || sql.starts_with("CREATE TRIGGER") || sql.starts_with("DO ") {
        return Vec::new();
    }
    if altered_table(sql).is_some_and(|table| created.contains(&table)) || created_table(sql).is_some() {
        return Vec::new();
    }
    let mut found: Vec<_> = BREAKING
        .iter()
        .filter(|(words, _)| upper.contains(words))
        .map(|(_, why)| format!("{why}: {sql}"))
        .collect();
    let adds = upper.contains(" ADD ") && upper.starts_with("ALTER TABLE");
    if adds && upper.contains("NOT NULL") && !upper.contains("DEFAULT") {
        found.push(format!("adds a required column without a default: {sql}"));
    }
    if adds && upper.contains("CONSTRAINT") && upper.contains("CHECK") && !upper.contains("NOT VALID") {
        found.push(format!("adds a check over existing rows without NOT VALID: {sql}"));
    }
    found
}

/// Row-level security for every table that the migration makes on Postgres.
fn missing_wall(table: &str, statements: &[Statement]) -> Vec<String> {
    let enabled = format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY");
    let policy = format!(" ON {table} TO ");
    let mut found = Vec::new();
    if !statements.iter().any(|statement| statement.sql == enabled) {
        found.push(format!("table {table} has no forced row-level security"));
    }
    let guarded = |s: &&Statement| s.sql.starts_with("CREATE POLICY ") && s.sql.contains(&policy);
    if !statements.iter().any(|statement| guarded(&statement)) {
        found.push(format!("table {table} has no policy"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(backend: &'static str, up: &'static str) -> Vec<String> {
        broken_by(&Text { backend, name: "x", up: Some(up), down: Some("SELECT 1;") })
    }

    #[test]
    fn the_migrations_keep_the_rules() {
        assert_eq!(broken(), Vec::<String>::new());
    }

    #[test]
    fn a_breaking_change_needs_a_mark() {
        assert_eq!(check("sqlite", "ALTER TABLE users DROP COLUMN locale;").len(), 1);
        assert_eq!(check("sqlite", "ALTER TABLE users RENAME COLUMN a TO b;").len(), 1);
        assert_eq!(check("sqlite", "ALTER TABLE users ADD COLUMN a TEXT NOT NULL;").len(), 1);
        assert!(check("sqlite", "ALTER TABLE users ADD COLUMN a TEXT NOT NULL DEFAULT '';").is_empty());
        assert!(check("sqlite", "ALTER TABLE users ADD COLUMN a TEXT;").is_empty());
        let marked = "-- contract: nothing reads it since 1.2\nALTER TABLE users DROP COLUMN locale;";
        assert!(check("sqlite", marked).is_empty());
        assert_eq!(check("sqlite", "-- contract:\nALTER TABLE users DROP COLUMN locale;").len(), 1);
    }

    #[test]
    fn a_new_table_needs_its_walls() {
        assert_eq!(check("postgres", "CREATE TABLE t (id uuid NOT NULL);").len(), 2);
        let walled = "CREATE TABLE t (id uuid NOT NULL);\n\
            ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n\
            CREATE POLICY t_realm ON t TO vestibule_app USING (true);";
        assert!(check("postgres", walled).is_empty());
        assert_eq!(check("sqlite", "CREATE TABLE t (id BLOB NOT NULL);").len(), 1);
    }
}
