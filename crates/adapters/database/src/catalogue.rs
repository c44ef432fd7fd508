//! Tables and columns, read from a database or from the generated `schema.rs`, and how two of them differ.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{Bool, Integer, Text},
};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};

/// What kind of value a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A UUID.
    Uuid,
    /// A point in time.
    Time,
    /// A document.
    Json,
    /// A 64-bit number.
    Long,
    /// A 32-bit number.
    Int,
    /// A truth value.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// What SQLite can say of a UUID or bytes.
    AnyBlob,
    /// What SQLite can say of a time, a number or a truth value.
    AnyInteger,
    /// What SQLite can say of a document or text.
    AnyText,
    /// Something that `schema.rs` has no word for.
    Unknown,
}

impl Kind {
    /// Whether a column of one kind can be one of the other.
    pub fn agrees(self, other: Self) -> bool {
        let loose = |kind: Self| match kind {
            Self::Uuid | Self::Bytes | Self::AnyBlob => Self::AnyBlob,
            Self::Time | Self::Long | Self::Int | Self::Bool | Self::AnyInteger => Self::AnyInteger,
            Self::Json | Self::Text | Self::AnyText => Self::AnyText,
            Self::Unknown => Self::Unknown,
        };
        let vague = |kind: Self| kind == loose(kind) && kind != Self::Unknown;
        self == other || ((vague(self) || vague(other)) && loose(self) == loose(other))
    }

    const fn in_schema(self) -> &'static str {
        match self {
            Self::Uuid => "DbUuid",
            Self::Time => "DbTime",
            Self::Json => "DbJson",
            Self::Long | Self::AnyInteger => "BigInt",
            Self::Int => "Integer",
            Self::Bool => "Bool",
            Self::Text | Self::AnyText => "Text",
            Self::Bytes | Self::AnyBlob => "Binary",
            Self::Unknown => "Unknown",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "DbUuid" | "uuid" => Self::Uuid,
            "DbTime" | "timestamptz" => Self::Time,
            "DbJson" | "jsonb" => Self::Json,
            "BigInt" | "int8" => Self::Long,
            "Integer" | "int4" => Self::Int,
            "Bool" | "bool" => Self::Bool,
            "Text" | "text" => Self::Text,
            "Binary" | "bytea" => Self::Bytes,
            "BLOB" => Self::AnyBlob,
            "INTEGER" => Self::AnyInteger,
            "TEXT" => Self::AnyText,
            _ => Self::Unknown,
        }
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its place in the primary key, from 1; 0 if it is not part of it.
    pub key: i32,
}

/// Columns by table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The tables in the order of their names, columns in their own order.
    pub tables: BTreeMap<String, Vec<Column>>,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    in_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
    #[diesel(sql_type = Integer)]
    key: i32,
}

const OF_SQLITE: &str = "\
    SELECT m.name AS in_table, p.name AS name, p.type AS kind, p.\"notnull\" AS required, p.pk AS key \
    FROM sqlite_master m JOIN pragma_table_info(m.name) p \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
    ORDER BY m.name, p.cid";

const OF_POSTGRES: &str = "\
    SELECT t.relname::text AS in_table, a.attname::text AS name, y.typname::text AS kind, \
        a.attnotnull AS required, \
        COALESCE(array_position(k.conkey, a.attnum), 0)::int AS key \
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
    JOIN pg_type y ON y.oid = a.atttypid \
    LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' \
    WHERE t.relkind = 'r' AND t.relname NOT LIKE '\\_\\_%' \
    ORDER BY t.relname, a.attnum";

fn collect(rows: Vec<ColumnRow>) -> Catalogue {
    let mut catalogue = Catalogue::default();
    for row in rows {
        let column =
            Column { name: row.name, kind: Kind::of(&row.kind), nullable: !row.required, key: row.key };
        catalogue.tables.entry(row.in_table).or_default().push(column);
    }
    catalogue
}

pub(crate) fn of_sqlite(conn: &mut SqliteConnection) -> QueryResult<Catalogue> {
    sql_query(OF_SQLITE).load(conn).map(collect)
}

pub(crate) fn of_postgres(conn: &mut AsyncConnectionWrapper<AsyncPgConnection>) -> QueryResult<Catalogue> {
    sql_query(OF_POSTGRES).load(conn).map(collect)
}

/// The tables that the queries are checked against.
pub(crate) fn of_schema_rs() -> Catalogue {
    parse(include_str!("schema.rs"))
}

/// Reads the generated form: a line `name (keys) {` opens a table, lines `column -> Type,` follow.
fn parse(text: &str) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let mut table = None;
    for line in text.lines().map(str::trim) {
        if let Some((name, keys)) = line.strip_suffix(") {").and_then(|head| head.split_once(" (")) {
            let keys: Vec<String> = keys.split(", ").map(str::to_owned).collect();
            table = Some((name.to_owned(), keys));
        } else if let (Some((name, keys)), Some((column, kind))) =
            (&table, line.strip_suffix(',').and_then(|line| line.split_once(" -> ")))
        {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let key = keys.iter().position(|key| key == column);
            catalogue.tables.entry(name.clone()).or_default().push(Column {
                name: column.to_owned(),
                kind: Kind::of(inner.unwrap_or(kind)),
                nullable: inner.is_some(),
                key: key.and_then(|index| i32::try_from(index + 1).ok()).unwrap_or_default(),
            });
        }
    }
    catalogue
}

impl Catalogue {
    /// What one has and the other has not, in words.
    pub fn differences(&self, other: &Self, this_name: &str, other_name: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (table, columns) in &self.tables {
            let Some(theirs) = other.tables.get(table) else {
                found.push(format!("table {table} is in {this_name}, not in {other_name}"));
                continue;
            };
            for column in columns {
                match theirs.iter().find(|other| other.name == column.name) {
                    None => found.push(format!(
                        "column {table}.{} is in {this_name}, not in {other_name}",
                        column.name
                    )),
                    Some(theirs)
                        if !column.kind.agrees(theirs.kind)
                            || column.nullable != theirs.nullable
                            || column.key != theirs.key =>
                    {
                        found.push(format!(
                            "column {table}.{} is {column} in {this_name}, {theirs} in {other_name}",
                            column.name
                        ));
                    }
                    Some(_) => {}
                }
            }
            found.extend(
                theirs.iter().filter(|theirs| !columns.iter().any(|mine| mine.name == theirs.name)).map(
                    |theirs| format!("column {table}.{} is in {other_name}, not in {this_name}", theirs.name),
                ),
            );
        }
        found.extend(
            other
                .tables
                .keys()
                .filter(|table| !self.tables.contains_key(*table))
                .map(|table| format!("table {table} is in {other_name}, not in {this_name}")),
        );
        found
    }

    /// The text of `schema.rs`. Made from a Postgres database, which knows the exact types.
    pub fn to_schema_rs(&self) -> String {
        let mut out = String::from(
            "//! The tables of both databases. Generated by `migrator schema`; `migrator check` compares it with \
             the migrations.\n\n",
        );
        for (table, columns) in &self.tables {
            let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
            keys.sort_by_key(|column| column.key);
            let keys: Vec<_> = keys.into_iter().map(|column| column.name.as_str()).collect();
            out.push_str("diesel::table! {\n    use diesel::sql_types::*;\n");
            out.push_str("    use crate::types::{DbJson, DbTime, DbUuid};\n\n");
            // Writing to a string cannot fail.
            let _ = writeln!(out, "    {table} ({}) {{", keys.join(", "));
            for column in columns {
                let kind = column.kind.in_schema();
                let kind = if column.nullable { format!("Nullable<{kind}>") } else { kind.to_owned() };
                let _ = writeln!(out, "        {} -> {kind},", column.name);
            }
            out.push_str("    }\n}\n\n");
        }
        out.push_str("diesel::allow_tables_to_appear_in_same_query!(\n");
        for table in self.tables.keys() {
            let _ = writeln!(out, "    {table},");
        }
        out.push_str(");\n");
        out
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{}", self.kind, if self.nullable { ", nullable" } else { "" })?;
        if self.key > 0 { write!(f, ", key part {}", self.key) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_text_reads_back_as_it_was() {
        let written = of_schema_rs();
        assert!(written.tables.len() > 20);
        assert_eq!(parse(&written.to_schema_rs()), written);
    }

    #[test]
    fn a_missing_column_and_another_nullability_are_found() {
        let written = of_schema_rs();
        let mut changed = written.clone();
        let users = changed.tables.get_mut("users").unwrap();
        users.retain(|column| column.name != "locale");
        users.iter_mut().find(|column| column.name == "status").unwrap().nullable = true;
        let found = written.differences(&changed, "a", "b");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
