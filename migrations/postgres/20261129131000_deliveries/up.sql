-- What became of each message. No address and no content: a masked recipient, and what the server said. Its id is that
-- of the job that sends it, so there is one row however often it is tried.

CREATE TABLE deliveries (
    realm_id   uuid        NOT NULL CONSTRAINT deliveries_realm REFERENCES realms ON DELETE CASCADE,
    id         uuid        NOT NULL,
    user_id    uuid,
    channel    text        NOT NULL CONSTRAINT deliveries_channel CHECK (channel IN ('email', 'sms')),
    message    text        NOT NULL,
    recipient  text        NOT NULL,
    state      text        NOT NULL CONSTRAINT deliveries_state CHECK (state IN ('sent', 'deferred', 'rejected', 'failed')),
    attempts   integer     NOT NULL CONSTRAINT deliveries_attempts CHECK (attempts >= 0),
    answer     text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (realm_id, id),
    CONSTRAINT deliveries_user FOREIGN KEY (realm_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX deliveries_by_user ON deliveries (realm_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX deliveries_age ON deliveries (updated_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON deliveries TO vestibule_app, vestibule_system;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY deliveries_realm ON deliveries TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY deliveries_system ON deliveries TO vestibule_system USING (true) WITH CHECK (true);
