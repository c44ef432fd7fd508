-- Fails the transaction of a guarded write that changed no row, where COMMIT is sent without waiting for its answer.
CREATE FUNCTION vestibule_expect_one(changed bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF changed <> 1 THEN
        RAISE EXCEPTION 'stale' USING ERRCODE = 'serialization_failure', CONSTRAINT = 'stale';
    END IF;
    RETURN true;
END $$;
