-- The look of a realm: what is being worked on, and what was published. The highest revision is shown.

CREATE TABLE theme_drafts (
    realm_id   uuid        NOT NULL CONSTRAINT theme_drafts_realm REFERENCES realms ON DELETE CASCADE,
    theme      jsonb       NOT NULL,
    based_on   bigint      NOT NULL,
    updated_at timestamptz NOT NULL,
    version    bigint      NOT NULL,
    CONSTRAINT theme_drafts_pkey PRIMARY KEY (realm_id)
);
CREATE TABLE theme_revisions (
    realm_id     uuid        NOT NULL CONSTRAINT theme_revisions_realm REFERENCES realms ON DELETE CASCADE,
    number       bigint      NOT NULL CONSTRAINT theme_revisions_number CHECK (number > 0),
    theme        jsonb       NOT NULL,
    note         text        NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT theme_revisions_pkey PRIMARY KEY (realm_id, number)
);

-- The colours of the settings move here. They stay there too, unread, for servers of the version before.
ALTER TABLE realms NO FORCE ROW LEVEL SECURITY;
INSERT INTO theme_revisions (realm_id, number, theme, note, published_at)
SELECT id, 1, jsonb_build_object('tokens', jsonb_build_object(
           'light', jsonb_build_object('accent', settings #>> '{branding,accent}', 'background', settings #>> '{branding,background}'),
           'dark', jsonb_build_object('accent', settings #>> '{branding,accent_dark}', 'background', settings #>> '{branding,background_dark}'),
           'radius_control', settings #> '{branding,radius}',
           'radius_card', round((settings #>> '{branding,radius}')::numeric * 1.6 + 2))),
       'from the settings', updated_at
FROM realms
WHERE settings #>> '{branding,accent}' IS NOT NULL AND settings #>> '{branding,accent_dark}' IS NOT NULL
  AND settings #>> '{branding,background}' IS NOT NULL AND settings #>> '{branding,background_dark}' IS NOT NULL
  AND settings #>> '{branding,radius}' IS NOT NULL;
ALTER TABLE realms FORCE ROW LEVEL SECURITY;

ALTER TABLE theme_drafts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY theme_drafts_realm ON theme_drafts TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY theme_drafts_system ON theme_drafts TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON theme_drafts TO vestibule_app, vestibule_system;
ALTER TABLE theme_revisions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY theme_revisions_realm ON theme_revisions TO vestibule_app
    USING (realm_id = vestibule_realm()) WITH CHECK (realm_id = vestibule_realm());
CREATE POLICY theme_revisions_system ON theme_revisions TO vestibule_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON theme_revisions TO vestibule_app, vestibule_system;
