-- The look of a realm: what is being worked on, and what was published. The twin of migrations/postgres.

CREATE TABLE theme_drafts (
    realm_id   BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT theme_drafts_realm REFERENCES realms ON DELETE CASCADE,
    theme      TEXT NOT NULL CHECK (json_valid(theme)),
    based_on   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    CONSTRAINT theme_drafts_pkey PRIMARY KEY (realm_id)
) STRICT;
CREATE TABLE theme_revisions (
    realm_id     BLOB NOT NULL CHECK (length(realm_id) = 16) CONSTRAINT theme_revisions_realm REFERENCES realms ON DELETE CASCADE,
    number       INTEGER NOT NULL CONSTRAINT theme_revisions_number CHECK (number > 0),
    theme        TEXT NOT NULL CHECK (json_valid(theme)),
    note         TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    CONSTRAINT theme_revisions_pkey PRIMARY KEY (realm_id, number)
) STRICT;

-- The colours of the settings move here. They stay there too, unread, for servers of the version before.
INSERT INTO theme_revisions (realm_id, number, theme, note, published_at)
SELECT id, 1, json_object('tokens', json_object(
           'light', json_object('accent', json_extract(settings, '$.branding.accent'), 'background', json_extract(settings, '$.branding.background')),
           'dark', json_object('accent', json_extract(settings, '$.branding.accent_dark'), 'background', json_extract(settings, '$.branding.background_dark')),
           'radius_control', json_extract(settings, '$.branding.radius'),
           'radius_card', CAST(round(json_extract(settings, '$.branding.radius') * 1.6 + 2) AS INTEGER))),
       'from the settings', updated_at
FROM realms
WHERE json_extract(settings, '$.branding.accent') IS NOT NULL AND json_extract(settings, '$.branding.accent_dark') IS NOT NULL
  AND json_extract(settings, '$.branding.background') IS NOT NULL AND json_extract(settings, '$.branding.background_dark') IS NOT NULL
  AND json_extract(settings, '$.branding.radius') IS NOT NULL;
