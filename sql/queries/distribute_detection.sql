-- Called by distribution_run: cuts detection into $1 shards by device_id, with what is stored.
select create_distributed_table('kansen.detection', 'device_id', colocate_with => 'none', shard_count => $1::integer);
