-- Called by distribution_run: makes on each node the roles that are members of kansen's, their memberships, and the
-- schemas, where they are missing. Passwords are not copied. Schemas are there before Citus makes them: it does that
-- within the transaction, and notes it in another, which only sees them as superuser. Each node, whether it was done, and
-- what it said.
with recursive member (id) as (
  select oid from pg_roles where rolname in ('kansen_owner', 'kansen_loader', 'kansen_reader', 'kansen_publisher')
  union
  select m.member from pg_auth_members m join member on m.roleid = member.id
), making (command) as (
  select string_agg(format('if not exists (select from pg_roles where rolname = %L) then create role %I %s %s; end if;',
    r.rolname, r.rolname, case when r.rolcanlogin then 'login' else 'nologin' end,
    case when r.rolinherit then 'inherit' else 'noinherit' end), ' ' order by r.rolname)
  from pg_roles r
  join member on member.id = r.oid
  where not r.rolsuper
), joining (command) as (
  select string_agg(format('if not exists (select from pg_auth_members m join pg_roles a on a.oid = m.roleid'
    ' join pg_roles b on b.oid = m.member where a.rolname = %L and b.rolname = %L) then grant %I to %I; end if;',
    r.rolname, n.rolname, r.rolname, n.rolname), ' ' order by r.rolname, n.rolname)
  from pg_auth_members m
  join pg_roles r on r.oid = m.roleid
  join pg_roles n on n.oid = m.member
  join member on member.id = r.oid
  where not n.rolsuper and not r.rolsuper
)
select format('%s:%s', w.nodename, w.nodeport), w.success, w.result
from making, joining, run_command_on_workers('do ' || quote_literal(concat(
  'begin perform set_config(''citus.enable_ddl_propagation'', ''off'', true); ', -- each node makes its own
  making.command, ' ', joining.command,
  ' if to_regnamespace(''kansen'') is null then create schema kansen authorization kansen_owner; end if;'
  ' if to_regnamespace(''report'') is null then create schema report authorization kansen_owner; end if; end'))) w;
