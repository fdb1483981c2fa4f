-- `db check`: the roles, and rights that they should not have.
select 'hurts' as kind, 'role' as name, wanted as value, 'It is missing: nobody can be a member of it.' as why,
  'kansen db init, run by a role that may create roles' as way_on
from unnest(array['kansen_owner', 'kansen_loader', 'kansen_reader', 'kansen_publisher']) as wanted
where to_regrole(wanted) is null
union all
select 'hurts', 'role', format('%s %s', rolname, case when rolsuper then 'is a superuser' else 'may log in' end),
  'Rights are given through membership in it; nobody should work as it.',
  format('alter role %I nosuperuser nologin;', rolname)
from pg_roles
where rolname in ('kansen_owner', 'kansen_loader', 'kansen_reader', 'kansen_publisher') and (rolsuper or rolcanlogin)
union all
select 'hurts', 'right', format('%s may %s in %s',
    case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, lower(a.privilege_type), n.nspname),
  'Only the owner makes and changes tables.',
  format('revoke %s on schema %I from %s;', lower(a.privilege_type), n.nspname,
    case a.grantee when 0 then 'public' else a.grantee::regrole::text end)
from pg_namespace n, aclexplode(n.nspacl) a
where n.nspname in ('kansen', 'report') and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
union all
select 'hurts', 'right', format('%s may %s kansen.%I',
    case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end, lower(a.privilege_type), c.relname),
  'Workers add and never delete; readers read the views of report alone.',
  format('revoke %s on kansen.%I from %s;', lower(a.privilege_type), c.relname,
    case a.grantee when 0 then 'public' else a.grantee::regrole::text end)
from pg_class c, aclexplode(c.relacl) a
where c.relnamespace = to_regnamespace('kansen') and a.grantee <> c.relowner
  and (a.privilege_type in ('DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
    or a.grantee in (0, (select oid from pg_roles where rolname = 'kansen_reader')))
  -- What `db distribute` gives: nodes of Citus know no view.
  and not (a.privilege_type = 'SELECT' and a.grantee <> 0 and exists (select from pg_extension where extname = 'citus')
    and (c.relname in ('action', 'calendar_month', 'malware_name', 'os', 'product', 'segment', 'detection',
      'detection_default', 'infection', 'infection_default')))
