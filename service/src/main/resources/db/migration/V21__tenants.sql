-- A row per tenant, to be locked by whoever adds something that is limited.
create table tenant (
  name varchar(64) not null primary key
);
