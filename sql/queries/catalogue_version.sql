-- Called by the store: what grows whenever the threats change, whenever infections that were stored are
-- to be forgotten, and whenever notes of geoip_use are.
select version, forgotten, renoted from catalogue;
