-- Called by distribution_run behind detection: the infections of a device lie beside its detections.
select create_distributed_table('kansen.infection', 'device_id', colocate_with => 'kansen.detection');
