-- Where an order was placed. All orders until now came from the web shop. The release before this
-- one never names the column, and so goes on working beside it while traffic shifts.
alter table shop.orders
    add column channel text not null default 'web' check (channel in ('web', 'app', 'store'));

create index orders_placed_at on shop.orders (placed_at);
