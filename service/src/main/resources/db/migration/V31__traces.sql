-- The request that created it, as W3C's traceparent says it, where it is traced: its stages go on in that trace.
alter table compression add column traceparent varchar(55);
