-- Postgres alone needs a function here; on SQLite the count of a guarded write is looked at before COMMIT.
SELECT 1;
