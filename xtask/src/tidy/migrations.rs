//! Rules of migrations: the same ones for both databases, each with a way back, and on Postgres the row-level-security
//! recipe for every table of a realm.

use std::{collections::BTreeSet, path::Path};

use anyhow::Result;

use super::{Finding, shown, walk};

const DATABASES: [&str; 2] = ["postgres", "sqlite"];

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let folders: Vec<BTreeSet<String>> = DATABASES
        .iter()
        .map(|database| names(&root.join("migrations").join(database)))
        .collect::<Result<_>>()?;
    if let [postgres, sqlite] = folders.as_slice() {
        findings.extend(same_names(postgres, sqlite));
    }
    let mut files = Vec::new();
    walk(&root.join("migrations"), &mut files)?;
    for (database, names) in DATABASES.iter().zip(&folders) {
        for name in names {
            for file in ["up.sql", "down.sql"] {
                let path = format!("migrations/{database}/{name}/{file}");
                if !root.join(&path).is_file() {
                    findings.push(Finding::new(
                        &path,
                        1,
                        "migration",
                        "missing: every migration has a way back",
                    ));
                }
            }
        }
    }
    let mut statements = Vec::new();
    files.sort();
    for file in files.iter().filter(|file| file.ends_with("up.sql")) {
        let path = shown(root, file);
        if path.starts_with("migrations/postgres/") {
            statements.push((path, std::fs::read_to_string(file)?));
        }
    }
    findings.extend(row_security(&statements));
    Ok(findings)
}

fn names(folder: &Path) -> Result<BTreeSet<String>> {
    if !folder.is_dir() {
        return Ok(BTreeSet::new());
    }
    let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(entries
        .iter()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect())
}

fn same_names(postgres: &BTreeSet<String>, sqlite: &BTreeSet<String>) -> Vec<Finding> {
    let missing = |have: &BTreeSet<String>, lack: &BTreeSet<String>, database: &str| -> Vec<Finding> {
        have.difference(lack)
            .map(|name| {
                let path = format!("migrations/{database}/{name}");
                Finding::new(&path, 1, "migration", "missing: both databases have the same migrations")
            })
            .collect()
    };
    [missing(postgres, sqlite, "sqlite"), missing(sqlite, postgres, "postgres")].concat()
}

/// Every table with a `realm_id` has row-level security enabled, forced, and a policy.
fn row_security(files: &[(String, String)]) -> Vec<Finding> {
    let all: String = files.iter().map(|(_, text)| squeezed(text)).collect::<Vec<_>>().join("\n");
    let mut findings = Vec::new();
    for (path, text) in files {
        for (line, table, body) in tables(text) {
            if !body.contains("realm_id") {
                continue;
            }
            let altered = |what: &str| {
                let of_table = format!("alter table {table} ");
                all.lines().any(|line| line.starts_with(&of_table) && line.contains(what))
            };
            let policy = format!(" on {table} ");
            let has_policy =
                all.lines().any(|line| line.starts_with("create policy") && line.contains(&policy));
            for (what, found) in [
                ("enable", altered("enable row level security")),
                ("force", altered("force row level security")),
                ("policy", has_policy),
            ] {
                if !found {
                    let message =
                        format!("table '{table}' has a realm_id but no row-level security ({what})");
                    findings.push(Finding::new(path, line, "row-security", message));
                }
            }
        }
    }
    findings
}

/// One statement a line, lower case, single spaces, no comments.
fn squeezed(text: &str) -> String {
    let code: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let statements = code.join(" ").to_lowercase();
    statements
        .split(';')
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Line, name and body of each `CREATE TABLE`.
fn tables(text: &str) -> Vec<(usize, String, String)> {
    let lower = text.to_lowercase();
    let mut tables = Vec::new();
    for (at, matched) in lower.match_indices("create table ") {
        let line = lower.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let rest = lower.get(at + matched.len()..).unwrap_or_default();
        let rest = rest.strip_prefix("if not exists ").unwrap_or(rest);
        let body = rest.split(';').next().unwrap_or_default();
        let name: String = body.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        tables.push((line, name, body.to_owned()));
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(text: &str) -> Vec<Finding> {
        row_security(&[("migrations/postgres/1_x/up.sql".to_owned(), text.to_owned())])
    }

    #[test]
    fn a_realm_table_without_the_recipe_is_found() {
        let table = "CREATE TABLE users (\n  realm_id uuid NOT NULL,\n  id uuid\n);\n";
        assert_eq!(up(table).len(), 3);
        let recipe = "ALTER TABLE users ENABLE ROW LEVEL SECURITY,\n FORCE ROW LEVEL SECURITY;\n\
                      CREATE POLICY users_realm ON users\n  USING (realm_id = current_realm());";
        assert!(up(&format!("{table}{recipe}")).is_empty());
        assert_eq!(up(&format!("{table}-- {}", recipe.replace('\n', "\n-- "))).len(), 3);
    }

    #[test]
    fn a_table_above_realms_needs_none() {
        assert!(up("CREATE TABLE realms (id uuid PRIMARY KEY);").is_empty());
    }

    #[test]
    fn a_migration_of_one_database_only_is_found() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(same_names(&set(&["1_a", "2_b"]), &set(&["1_a", "3_c"])).len(), 2);
    }
}
