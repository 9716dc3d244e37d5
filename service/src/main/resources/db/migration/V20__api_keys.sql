-- The secret of a key is not kept, only its SHA-256.
create table api_key (
  id varchar(12) not null primary key,
  tenant varchar(64) not null,
  name varchar(100) not null,
  scopes varchar(100) not null,
  hash varchar(64) not null,
  created_at timestamp(6) with time zone not null,
  expires_at timestamp(6) with time zone not null,
  revoked_at timestamp(6) with time zone
);
