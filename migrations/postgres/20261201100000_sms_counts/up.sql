-- Codes by text message, counted by block of numbers and by ten minutes: how many were sent, and how many of them were
-- answered rightly. What is sent and never answered is sent for somebody who earns by it. No number stands here.

CREATE TABLE sms_counts (
    realm_id   uuid        NOT NULL CONSTRAINT sms_counts_realm REFERENCES realms ON DELETE CASCADE,
    starts_at  timestamptz NOT NULL,
    prefix     text        NOT NULL CONSTRAINT sms_counts_prefix CHECK (length(prefix) BETWEEN 2 AND 8),
    sent       bigint      NOT NULL CONSTRAINT sms_counts_sent CHECK (sent >= 0),
    answered   bigint      NOT NULL CONSTRAINT sms_counts_answered CHECK (answered >= 0),
    stopped_at timestamptz,
    CONSTRAINT sms_counts_pkey PRIMARY KEY (realm_id, starts_at, prefix)
);
CREATE INDEX sms_counts_age ON sms_counts (starts_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON sms_counts TO vestibule_app, vestibule_system;
ALTER TABLE sms_counts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_counts_realm ON sms_counts TO vestibule_app USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY sms_counts_system ON sms_counts TO vestibule_system USING (true) WITH CHECK (true);
