-- Keys that are texts from outside go by bytes, as those of large tables do: an operating system that orders text
-- anew leaves no index of theirs that misses rows. A partition that is not found would be read from its beginning.
-- Run as the role kansen_owner.
alter table kafka_partition
  alter column cluster type text collate "C",
  alter column group_id type text collate "C",
  alter column topic type text collate "C";
alter table forgotten_machine alter column digest type text collate "C";

-- Views show these columns, also views of others, which keeps their types: the keys go by bytes without them.
alter table relay drop constraint relay_cluster_topic_key;
create unique index relay_cluster_topic_key on relay (cluster collate "C", topic collate "C");
alter table dead_letter
  drop constraint dead_letter_pkey,
  drop constraint dead_letter_letter_id_key;
alter table dead_letter add constraint dead_letter_pkey primary key (letter_id);
create unique index dead_letter_place
  on dead_letter (source collate "C", topic collate "C", partition, "offset", element, value_hash);
