-- The schema as it was at first; migrations/ has what came after. Running it again changes nothing.
create schema if not exists shop;

create table if not exists shop.migration (
    name        text primary key,
    applied_at  timestamptz not null default now()
);

create table if not exists shop.orders (
    id          bigint primary key,
    customer    text not null,
    placed_at   timestamptz not null,
    updated_at  timestamptz not null check (updated_at >= placed_at),
    currency    char(3) not null,
    amount      numeric(12, 2) not null check (amount >= 0),
    status      text not null check (status in ('paid', 'refunded', 'cancelled'))
);

create table if not exists shop.reject (
    day     date not null,
    line    int not null,
    reason  text not null,
    source  jsonb not null,
    primary key (day, line)
);

create table if not exists shop.load (
    day        date primary key,
    accepted   int not null,
    rejected   int not null,
    loaded_at  timestamptz not null default now()
);

create table if not exists shop.daily_revenue (
    day       date not null,
    currency  char(3) not null,
    orders    int not null,
    gross     numeric(14, 2) not null,
    refunded  numeric(14, 2) not null,
    primary key (day, currency)
);
