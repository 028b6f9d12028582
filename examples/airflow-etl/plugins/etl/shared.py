"""What every DAG here has in common."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.datasets import Dataset
from airflow.hooks.base import BaseHook

DEFAULTS: dict[str, Any] = {
    "owner": "data-platform",
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "retry_exponential_backoff": True,
    "execution_timeout": timedelta(minutes=30),
}

ORDERS = Dataset("postgres://warehouse/shop/orders")


def warehouse_url() -> str:
    """Where Airflow's connection `warehouse` points to."""
    return BaseHook.get_connection("warehouse").get_uri()


def inbox() -> Path:
    return Path(os.environ.get("ORDERS_INBOX", "/var/lib/shop/exports"))
