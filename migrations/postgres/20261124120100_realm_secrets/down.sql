DROP TABLE realm_secrets;
