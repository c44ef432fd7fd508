-- Pictures of a realm's brand, as this server wrote them. One of each kind; served under the hash of the content.

CREATE TABLE realm_pictures (
    realm_id   uuid        NOT NULL CONSTRAINT realm_pictures_realm REFERENCES realms ON DELETE CASCADE,
    slot       text        NOT NULL CONSTRAINT realm_pictures_slot CHECK (slot IN ('logo', 'logo-dark', 'favicon')),
    kind       text        NOT NULL CONSTRAINT realm_pictures_kind CHECK (kind IN ('png', 'svg')),
    hash       text COLLATE "C" NOT NULL,
    content    bytea       NOT NULL CONSTRAINT realm_pictures_content CHECK (octet_length(content) <= 262144),
    width      integer     NOT NULL,
    height     integer     NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT realm_pictures_pkey PRIMARY KEY (realm_id, slot)
);
ALTER TABLE realm_pictures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY realm_pictures_realm ON realm_pictures TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY realm_pictures_system ON realm_pictures TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON realm_pictures TO vestibule_app, vestibule_system;
