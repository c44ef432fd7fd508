-- The developer inbox keeps text messages too: `email` or `sms`.

ALTER TABLE mailbox ADD COLUMN channel text NOT NULL DEFAULT 'email';
