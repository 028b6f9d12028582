select format('order %s: updated %s', id, updated_at)
from shop.orders
where updated_at > now() + interval '1 hour'
order by id
