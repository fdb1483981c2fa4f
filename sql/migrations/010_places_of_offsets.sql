-- A row of kafka_offset is moved by every batch. Under a snapshot that somebody holds all its versions stay,
-- and a unique index goes through every one of them whenever the row comes to lie on another page. So
-- the key of the rows is kept apart, in rows that never change. Run as the role kansen_owner.
create table kafka_partition (
  cluster text not null,
  group_id text not null,
  topic text not null,
  incarnation integer not null,
  partition integer not null,
  primary key (cluster, group_id, topic, incarnation, partition)
);
comment on table kafka_partition is
  'The key of kafka_offset: whoever adds a row here, and nobody else, adds the one there.';
insert into kafka_partition (cluster, group_id, topic, incarnation, partition)
select cluster, group_id, topic, incarnation, partition from kafka_offset;

alter table kafka_offset
  drop constraint kafka_offset_pkey,
  drop constraint kafka_offset_cluster_group_id_topic_incarnation_partition_key;
create index on kafka_offset (slot);

grant select, insert on kafka_partition to kansen_loader;
