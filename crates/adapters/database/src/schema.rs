//! The tables of both databases. Generated: `migrator schema --write`; `migrator check` compares it with the migrations.

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    authorization_codes (realm_id, digest) {
        realm_id -> DbUuid,
        digest -> Binary,
        family_id -> DbUuid,
        client_id -> Text,
        user_id -> DbUuid,
        session_id -> DbUuid,
        details -> DbJson,
        issued_at -> DbTime,
        expires_at -> DbTime,
        consumed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    authorization_requests (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        reference -> Nullable<Binary>,
        client_id -> Text,
        request -> DbJson,
        created_at -> DbTime,
        expires_at -> DbTime,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    clients (realm_id, id) {
        realm_id -> DbUuid,
        id -> Text,
        status -> Text,
        verification -> Text,
        metadata -> DbJson,
        secrets -> DbJson,
        registration_token -> Nullable<Binary>,
        created_at -> DbTime,
        updated_at -> DbTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    credentials (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        user_id -> DbUuid,
        kind -> Text,
        hash -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        label -> Nullable<Text>,
        created_at -> DbTime,
        updated_at -> DbTime,
        last_used_at -> Nullable<DbTime>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    events (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        kind -> Text,
        occurred_at -> DbTime,
        actor -> DbJson,
        subject_kind -> Nullable<Text>,
        subject_id -> Nullable<Text>,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Text,
        details -> DbJson,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    flows (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        binding -> Binary,
        intent -> Text,
        user_id -> Nullable<DbUuid>,
        details -> DbJson,
        created_at -> DbTime,
        expires_at -> DbTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    grants (realm_id, user_id, client_id) {
        realm_id -> DbUuid,
        user_id -> DbUuid,
        client_id -> Text,
        scopes -> DbJson,
        created_at -> DbTime,
        updated_at -> DbTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    idempotency_keys (realm_id, key) {
        realm_id -> DbUuid,
        key -> Binary,
        body -> Binary,
        claimed_at -> DbTime,
        expires_at -> DbTime,
        response -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    initial_access_tokens (realm_id, digest) {
        realm_id -> DbUuid,
        digest -> Binary,
        uses_left -> Integer,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    jobs (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        kind -> Text,
        payload -> DbJson,
        state -> Text,
        attempts -> Integer,
        run_at -> DbTime,
        leased_until -> Nullable<DbTime>,
        last_error -> Nullable<Text>,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    lockouts (realm_id, user_id, kind) {
        realm_id -> DbUuid,
        user_id -> DbUuid,
        kind -> Text,
        failures -> Integer,
        not_before -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    mailbox (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        message_id -> Text,
        from_name -> Text,
        recipient -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        received_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    one_time_values (realm_id, purpose, value) {
        realm_id -> DbUuid,
        purpose -> Text,
        value -> Binary,
        expires_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    realm_hosts (realm_id, host) {
        realm_id -> DbUuid,
        host -> Text,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    realms (id) {
        id -> DbUuid,
        slug -> Text,
        status -> Text,
        settings -> DbJson,
        config_version -> BigInt,
        created_at -> DbTime,
        updated_at -> DbTime,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    refresh_tokens (realm_id, digest) {
        realm_id -> DbUuid,
        digest -> Binary,
        family_id -> DbUuid,
        predecessor -> Nullable<Binary>,
        issued_at -> DbTime,
        expires_at -> DbTime,
        consumed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    sessions (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        secret -> Binary,
        user_id -> DbUuid,
        auth_time -> DbTime,
        acr -> Text,
        amr -> DbJson,
        ip -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> DbTime,
        last_seen_at -> DbTime,
        idle_expires_at -> DbTime,
        expires_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    setup_codes (digest) {
        digest -> Binary,
        expires_at -> DbTime,
        used_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    signing_keys (realm_id, kid) {
        realm_id -> DbUuid,
        kid -> Text,
        public_key -> DbJson,
        private_key -> Binary,
        status -> Text,
        created_at -> DbTime,
        activate_at -> DbTime,
        retired_at -> Nullable<DbTime>,
        remove_at -> Nullable<DbTime>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    token_families (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        client_id -> Text,
        user_id -> DbUuid,
        session_id -> Nullable<DbUuid>,
        details -> DbJson,
        created_at -> DbTime,
        expires_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    user_identifiers (realm_id, value) {
        realm_id -> DbUuid,
        value -> Text,
        user_id -> DbUuid,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{DbJson, DbTime, DbUuid};

    users (realm_id, id) {
        realm_id -> DbUuid,
        id -> DbUuid,
        status -> Text,
        username -> Nullable<Text>,
        emails -> DbJson,
        phones -> DbJson,
        profile -> DbJson,
        public_metadata -> DbJson,
        private_metadata -> DbJson,
        locale -> Nullable<Text>,
        admin_scopes -> DbJson,
        created_at -> DbTime,
        updated_at -> DbTime,
        version -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    authorization_codes,
    authorization_requests,
    clients,
    credentials,
    events,
    flows,
    grants,
    idempotency_keys,
    initial_access_tokens,
    jobs,
    lockouts,
    mailbox,
    one_time_values,
    realm_hosts,
    realms,
    refresh_tokens,
    sessions,
    setup_codes,
    signing_keys,
    token_families,
    user_identifiers,
    users,
);
