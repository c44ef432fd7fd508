DROP FUNCTION vestibule_expect_one(bigint);
