-- When an upload was sent again or named by a new compression; empty: not since it was created.
alter table model add column used_at timestamp(6) with time zone;
alter table dataset add column used_at timestamp(6) with time zone;
