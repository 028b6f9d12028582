-- Cancelled orders never were revenue; refunded ones count in both sums.
delete from shop.daily_revenue
where day = any(%(days)s::date[]);

insert into shop.daily_revenue (day, currency, orders, gross, refunded)
select
    (placed_at at time zone 'UTC')::date as day,
    currency,
    count(*),
    sum(amount),
    coalesce(sum(amount) filter (where status = 'refunded'), 0)
from shop.orders
where status <> 'cancelled'
    and (placed_at at time zone 'UTC')::date = any(%(days)s::date[])
group by 1, 2
