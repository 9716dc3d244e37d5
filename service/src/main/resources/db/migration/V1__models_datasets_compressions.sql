-- Portable SQL: runs on H2 (PostgreSQL mode) and PostgreSQL.

create table model (
  tenant varchar(64) not null,
  id varchar(71) not null,
  bytes bigint not null,
  children_killed integer not null default 0,
  created_at timestamp(6) with time zone not null,
  primary key (tenant, id)
);

create table model_file (
  tenant varchar(64) not null,
  model_id varchar(71) not null,
  artifact varchar(600) not null,
  name varchar(512) not null,
  bytes bigint not null,
  sha256 varchar(64) not null,
  primary key (tenant, model_id, artifact),
  foreign key (tenant, model_id) references model (tenant, id)
);

create table inspection (
  tenant varchar(64) not null,
  model_id varchar(71) not null,
  sha256 varchar(64),
  bytes bigint,
  refusal_code varchar(128),
  refusal_message text,
  primary key (tenant, model_id),
  foreign key (tenant, model_id) references model (tenant, id)
);

create table dataset (
  tenant varchar(64) not null,
  id varchar(71) not null,
  bytes bigint not null,
  created_at timestamp(6) with time zone not null,
  primary key (tenant, id)
);

create table compression (
  id varchar(36) not null primary key,
  tenant varchar(64) not null,
  model_id varchar(71) not null,
  request text not null,
  idempotency_key varchar(255),
  state varchar(16) not null,
  stage varchar(16),
  fraction double precision,
  activity varchar(1000),
  code varchar(128),
  message text,
  bound varchar(128),
  -- fences a worker that lost its lease: only the newest attempt may write
  attempt integer not null default 0,
  stage_attempts integer not null default 0,
  stage_faults integer not null default 0,
  -- grows with every visible change; the id of server-sent events
  sequence bigint not null default 1,
  created_at timestamp(6) with time zone not null,
  started_at timestamp(6) with time zone,
  finished_at timestamp(6) with time zone,
  unique (tenant, idempotency_key),
  foreign key (tenant, model_id) references model (tenant, id)
);

create index compression_newest on compression (tenant, created_at);

create table compression_artifact (
  compression_id varchar(36) not null references compression (id),
  name varchar(600) not null,
  sha256 varchar(64) not null,
  bytes bigint not null,
  primary key (compression_id, name)
);
