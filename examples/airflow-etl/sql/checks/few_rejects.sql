-- The newest load only: an older one has been looked at, and cannot get better by itself.
select format('%s: %s of %s rows rejected', day, rejected, accepted + rejected)
from shop.load
where day = (select max(day) from shop.load)
    and rejected > 0.05 * (accepted + rejected)
