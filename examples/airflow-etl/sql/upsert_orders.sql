-- The newest version of an order wins, in whatever order the exports are loaded.
insert into shop.orders as known
    (id, customer, placed_at, updated_at, currency, amount, status, channel)
values %s
on conflict (id) do update set
    customer   = excluded.customer,
    placed_at  = excluded.placed_at,
    updated_at = excluded.updated_at,
    currency   = excluded.currency,
    amount     = excluded.amount,
    status     = excluded.status,
    channel    = excluded.channel
where excluded.updated_at > known.updated_at
returning id
