-- The developer inbox keeps text messages too: `email` or `sms`.

ALTER TABLE mailbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'email';
