with sold as (
    select (placed_at at time zone 'UTC')::date as day, currency, sum(amount) as gross
    from shop.orders
    where status <> 'cancelled'
    group by 1, 2
)
select format('%s %s: orders %s, revenue %s', day, currency, sold.gross, published.gross)
from sold
full join shop.daily_revenue as published using (day, currency)
where sold.gross is distinct from published.gross
order by day, currency
