insert into shop.load (day, accepted, rejected)
values (%(day)s, %(accepted)s, %(rejected)s)
on conflict (day) do update set
    accepted  = excluded.accepted,
    rejected  = excluded.rejected,
    loaded_at = now()
