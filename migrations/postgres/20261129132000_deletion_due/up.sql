-- When somebody who asked to be deleted is erased.

ALTER TABLE users ADD COLUMN deletion_due_at timestamptz;
