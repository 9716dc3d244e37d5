-- In which round of its tenant a compression is; lower ones start first. See FairTurns.
alter table compression add column turn bigint not null default 0;

create index compression_active on compression (state, turn);
create index scheduled_tasks_priority on scheduled_tasks (priority desc, execution_time asc);
