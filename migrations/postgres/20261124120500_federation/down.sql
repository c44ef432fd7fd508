DROP TABLE federation_attempts;
DROP TABLE identities;
DROP TABLE connections;
