DROP TABLE challenges;
DROP INDEX credentials_external_id;
ALTER TABLE credentials DROP COLUMN facts;
ALTER TABLE credentials DROP COLUMN external_id;
