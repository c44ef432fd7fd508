-- Browsers in which a person asked not to be asked for a second factor again, and sessions in which that was so.

CREATE TABLE trusted_devices (
    realm_id     uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    id           uuid        NOT NULL,
    ip           text,
    user_agent   text,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT trusted_devices_pkey PRIMARY KEY (realm_id, user_id, id),
    CONSTRAINT trusted_devices_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX trusted_devices_expiry ON trusted_devices (expires_at);
ALTER TABLE trusted_devices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY trusted_devices_realm ON trusted_devices TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY trusted_devices_system ON trusted_devices TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON trusted_devices TO vestibule_app, vestibule_system;

ALTER TABLE sessions ADD COLUMN second_factor_waived boolean NOT NULL DEFAULT false;
