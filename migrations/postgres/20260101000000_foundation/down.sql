-- The roles stay: other databases of the cluster may use them.
DROP TABLE setup_codes, mailbox, jobs, events, idempotency_keys, one_time_values, refresh_tokens, token_families,
    authorization_codes, authorization_requests, grants, sessions, flows, lockouts, credentials, user_identifiers,
    users, initial_access_tokens, clients, signing_keys, realm_hosts, realms;
DROP FUNCTION events_no_truncate();
DROP FUNCTION events_append_only();
DROP FUNCTION vestibule_expect_one(bigint);
DROP FUNCTION vestibule_realm();
REVOKE SELECT ON __diesel_schema_migrations FROM vestibule_app, vestibule_system;
