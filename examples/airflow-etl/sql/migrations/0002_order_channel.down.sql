-- Only the channel is lost; a reload of the exports brings it back after another `up`.
drop index shop.orders_placed_at;

alter table shop.orders drop column channel;
