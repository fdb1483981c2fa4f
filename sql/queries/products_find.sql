-- Called by the store behind products_add: number in the arrays (from 0), product_id.
select p.ordinal - 1, o.product_id
from unnest($1::text[], $2::text[], $3::text[]) with ordinality as p (vendor, product, version, ordinal)
join product o on (o.vendor, o.product, o.version) = (p.vendor, p.product, p.version);
