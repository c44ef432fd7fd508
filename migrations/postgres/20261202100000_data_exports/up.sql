-- Copies of what is kept about users: asked for, made in the background, kept for some days. One at a time is made.

CREATE TABLE data_exports (
    realm_id     uuid        NOT NULL,
    id           uuid        NOT NULL,
    user_id      uuid        NOT NULL,
    done         integer     NOT NULL,
    total        integer     NOT NULL,
    size         bigint      NOT NULL,
    content      bytea,
    requested_at timestamptz NOT NULL,
    ready_at     timestamptz,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT data_exports_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT data_exports_ready CHECK ((ready_at IS NULL) = (content IS NULL)),
    CONSTRAINT data_exports_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE UNIQUE INDEX data_exports_making ON data_exports (realm_id, user_id) WHERE ready_at IS NULL;
CREATE INDEX data_exports_list ON data_exports (realm_id, user_id, requested_at);
CREATE INDEX data_exports_expiry ON data_exports (expires_at);
ALTER TABLE data_exports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY data_exports_realm ON data_exports TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY data_exports_system ON data_exports TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON data_exports TO vestibule_app, vestibule_system;
