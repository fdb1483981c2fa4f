-- Called by distribution_plan, where Citus is there: the tables that go to the nodes, in turn: name, whether it is cut
-- up by device_id or copied to each node, whether that has been done, what is in the way (null: nothing), bytes and
-- about how many rows, and bytes that distributing has left behind here.
with wanted (place, name, by_device) as (
  values (1, 'action', false), (2, 'calendar_month', false), (3, 'malware_name', false), (4, 'os', false),
    (5, 'product', false), (6, 'segment', false), (7, 'detection', true), (8, 'infection', true),
    (9, 'recount_stage', true)
)
select w.name, w.by_device, d.logicalrelid is not null as is_done,
  case when d.logicalrelid is null then null
    when w.by_device and d.partmethod <> 'h' then 'it is distributed, and not by device_id'
    when w.by_device and column_to_column_name(d.logicalrelid, d.partkey) <> 'device_id' then
      format('it is distributed by %s, and not by device_id', column_to_column_name(d.logicalrelid, d.partkey))
    when not w.by_device and (d.partmethod <> 'n' or d.repmodel <> 't') then 'it is distributed, and not a reference table'
    when w.by_device and w.name <> 'detection' and d.colocationid <> (select f.colocationid from pg_dist_partition f
      where f.logicalrelid = to_regclass('kansen.detection')) then 'it does not lie beside detection' end,
  t.bytes, t.rows, case when d.logicalrelid is null then 0 else t.bytes_here end
from wanted w
left join pg_dist_partition d on d.logicalrelid = to_regclass('kansen.' || w.name)
cross join lateral (
  select sum(pg_total_relation_size(p.relid))::bigint as bytes, (sum(greatest(c.reltuples, 0)) filter (where c.relkind = 'r'))::bigint as rows,
    sum(pg_relation_size(p.relid))::bigint as bytes_here
  from (
    select to_regclass('kansen.' || w.name) as relid
    union
    select relid from pg_partition_tree(to_regclass('kansen.' || w.name)) -- none of a table without partitions
  ) p
  join pg_class c on c.oid = p.relid
) t
order by w.place;
