-- Resumable uploads (tus). How much of one has come is the length of its file, not a column.
create table upload (
  id varchar(36) not null primary key,
  tenant varchar(64) not null,
  bytes bigint not null,
  metadata varchar(4000),
  -- set once all bytes have come
  sha256 varchar(64),
  expires_at timestamp(6) with time zone not null
);

create index upload_object on upload (sha256);
create index upload_expiry on upload (expires_at);
