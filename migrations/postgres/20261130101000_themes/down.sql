DROP TABLE theme_drafts;
DROP TABLE theme_revisions;
