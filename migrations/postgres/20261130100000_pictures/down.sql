DROP TABLE realm_pictures;
