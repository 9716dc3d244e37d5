-- Browsers that signed in with a key. The secret of their cookie is not kept, only its SHA-256.
create table browser_session (
  hash varchar(64) not null primary key,
  key_id varchar(12) not null references api_key (id),
  expires_at timestamp(6) with time zone not null
);

create index browser_session_expiry on browser_session (expires_at);

-- What the spectra of a model's weights say, as inspection has what its graph says.
create table prediction (
  tenant varchar(64) not null,
  model_id varchar(71) not null,
  sha256 varchar(64),
  bytes bigint,
  refusal_code varchar(128),
  refusal_message text,
  primary key (tenant, model_id),
  foreign key (tenant, model_id) references model (tenant, id)
);

create index prediction_object on prediction (sha256);

-- As its owner calls it; nothing is looked up by it.
alter table dataset add column name varchar(255);
