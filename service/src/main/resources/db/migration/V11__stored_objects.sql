-- Which objects are in the store, or about to be. See ObjectLedger.
create table stored_object (
  sha256 varchar(64) not null primary key,
  bytes bigint not null,
  touched_at timestamp(6) with time zone not null
);

-- What is there already. Its time is that of the migration: nothing goes before its grace is over.
insert into stored_object (sha256, bytes, touched_at)
select sha256, max(bytes), current_timestamp from (
  select sha256, bytes from model_file
  union all
  select sha256, bytes from inspection where sha256 is not null
  union all
  select substring(id, 8), bytes from dataset
  union all
  select sha256, bytes from compression_artifact
) named group by sha256;

create index model_file_object on model_file (sha256);
create index inspection_object on inspection (sha256);
create index compression_artifact_object on compression_artifact (sha256);
