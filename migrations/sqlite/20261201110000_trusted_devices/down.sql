DROP TABLE trusted_devices;
ALTER TABLE sessions DROP COLUMN second_factor_waived;
