-- Called by the store with products it has not met: vendors $1, products $2, versions $3.
insert into product (vendor, product, version)
select p.vendor, p.product, p.version
from unnest($1::text[], $2::text[], $3::text[]) as p (vendor, product, version)
left join product o on (o.vendor, o.product, o.version) = (p.vendor, p.product, p.version)
where o.vendor is null
order by 1, 2, 3
on conflict do nothing;
