//! What a database says, in the words of the ports. Constraints are named alike on both databases; messages that may
//! quote a value are reduced before they go anywhere.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use vestibule_kernel::StoreError;

/// The message with everything in quotes left out: servers quote values of the query there.
fn redacted(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut quote = None;
    for c in message.chars().take(200) {
        match (quote, c) {
            (None, '"' | '\'' | '«') => {
                quote = Some(if c == '«' { '»' } else { c });
                out.push('…');
            }
            (None, _) => out.push(c),
            (Some(end), _) if c == end => quote = None,
            (Some(_), _) => {}
        }
    }
    out
}

/// SQLite tells the columns of a unique rule instead of its name.
const UNIQUE_RULES: [(&str, &str); 13] = [
    ("realms.slug", "realms_slug"),
    ("realm_hosts.host", "realm_hosts_host"),
    ("user_identifiers.realm_id, user_identifiers.value", "user_identifiers_value"),
    ("credentials.realm_id, credentials.user_id", "credentials_one_password"),
    ("sessions.realm_id, sessions.secret", "sessions_secret"),
    ("authorization_requests.realm_id, authorization_requests.reference", "authorization_requests_reference"),
    ("mailbox.realm_id, mailbox.message_id", "mailbox_message_id"),
    ("realms.id", "realms_pkey"),
    ("connections.realm_id, connections.key", "connections_key"),
    ("theme_drafts.realm_id", "theme_drafts_pkey"),
    ("theme_revisions.realm_id, theme_revisions.number", "theme_revisions_pkey"),
    ("data_exports.realm_id, data_exports.user_id", "data_exports_making"),
    ("identities.realm_id, identities.connection_id, identities.subject", "identities_subject"),
];

fn constraint(info: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    if let Some(name) = info.constraint_name() {
        return name.to_owned();
    }
    let message = info.message();
    let columns = message.split_once("constraint failed: ").map_or(message, |(_, rest)| rest);
    if let Some((_, name)) = UNIQUE_RULES.iter().find(|(rule, _)| *rule == columns) {
        return (*name).to_owned();
    }
    match columns.split_once('.') {
        Some((table, _)) if message.starts_with("UNIQUE") => format!("{table}_pkey"),
        _ if message.starts_with("FOREIGN KEY") => "foreign_key".to_owned(),
        _ if message.contains("events_append_only") => "events_append_only".to_owned(),
        _ => redacted(columns),
    }
}

/// Translates an error of Diesel.
pub(crate) fn store_error(error: Error) -> StoreError {
    match error {
        Error::DatabaseError(kind, info) => match kind {
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::NotNullViolation => StoreError::Conflict(constraint(&*info)),
            DatabaseErrorKind::ReadOnlyTransaction => StoreError::Conflict("read_only".to_owned()),
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                StoreError::Unavailable("the connection was lost".to_owned())
            }
            DatabaseErrorKind::SerializationFailure if info.constraint_name() == Some("stale") => {
                StoreError::Stale
            }
            DatabaseErrorKind::SerializationFailure => {
                StoreError::Unavailable("another transaction was in the way".to_owned())
            }
            _ => unknown(info.message()),
        },
        Error::NotFound => StoreError::NotFound("row"),
        Error::DeserializationError(cause) => StoreError::Corrupt(redacted(&cause.to_string())),
        Error::SerializationError(_) => StoreError::Corrupt("a value cannot be stored".to_owned()),
        other => StoreError::Unavailable(redacted(&other.to_string())),
    }
}

fn unknown(message: &str) -> StoreError {
    if message.contains("events_append_only") {
        return StoreError::Conflict("events_append_only".to_owned());
    }
    if message.contains("readonly database") {
        return StoreError::Conflict("read_only".to_owned());
    }
    if message.contains("unsupported Unicode escape") || message.contains("invalid byte sequence") {
        return StoreError::Corrupt("a text holds a character that cannot be stored".to_owned());
    }
    StoreError::Unavailable(redacted(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sqlite(kind: DatabaseErrorKind, message: &str) -> StoreError {
        store_error(Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn sqlite_names_constraints_as_postgres_does() {
        let cases = [
            ("UNIQUE constraint failed: realms.slug", "realms_slug"),
            (
                "UNIQUE constraint failed: user_identifiers.realm_id, user_identifiers.value",
                "user_identifiers_value",
            ),
            ("UNIQUE constraint failed: clients.realm_id, clients.id", "clients_pkey"),
        ];
        for (message, name) in cases {
            let error = sqlite(DatabaseErrorKind::UniqueViolation, message);
            assert_eq!(error, StoreError::Conflict(name.to_owned()));
        }
    }

    #[test]
    fn no_quoted_value_leaves() {
        let error = sqlite(DatabaseErrorKind::Unknown, "invalid input \"ada@acme.test\" for 'x'");
        assert!(!error.to_string().contains("ada@acme"), "{error}");
    }
}
