ALTER TABLE users DROP COLUMN deletion_due_at;
