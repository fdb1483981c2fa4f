-- Called by the store: what grows whenever the threats change, and whenever infections that were stored are
-- to be forgotten.
select version, forgotten from threat_catalogue;
