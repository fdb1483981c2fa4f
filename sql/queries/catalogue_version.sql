-- Called by the sink: grows whenever the threats change.
select version from threat_catalogue;
