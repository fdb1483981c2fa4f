-- Called by distribution_run behind detection: the rows of a device in the table $1 lie beside its detections.
select create_distributed_table(('kansen.' || $1)::regclass, 'device_id', colocate_with => 'kansen.detection');
