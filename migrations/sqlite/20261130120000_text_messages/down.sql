ALTER TABLE mailbox DROP COLUMN channel;
