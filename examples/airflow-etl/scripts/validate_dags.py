"""Load every DAG the way the scheduler does, and hold each against the house rules.

python scripts/validate_dags.py [FOLDER]        # exit 1 with one line for each problem
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]

if TYPE_CHECKING:
    from airflow.models import DAG


def problems(dag: "DAG") -> Iterator[str]:
    """What this DAG lacks by the house rules."""
    from airflow.exceptions import AirflowDagCycleException
    from airflow.utils.dag_cycle_tester import check_cycle

    try:
        check_cycle(dag)
    except AirflowDagCycleException as cycle:
        yield str(cycle)
    if not dag.tasks:
        yield "no tasks"
    if not dag.tags:
        yield "no tags"
    if not dag.doc_md:
        yield "no documentation"
    for task in dag.tasks:
        if task.owner in ("", "airflow"):
            yield f"{task.task_id}: no owner"
        if not task.retries:
            yield f"{task.task_id}: no retries"
        if task.execution_timeout is None:
            yield f"{task.task_id}: no execution timeout"


def main(arguments: list[str]) -> int:
    os.environ.setdefault("AIRFLOW_HOME", str(ROOT))
    os.environ.setdefault("AIRFLOW__CORE__PLUGINS_FOLDER", str(ROOT / "plugins"))
    os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    os.environ.setdefault("AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY", "True")  # else it warns
    from airflow.models import DagBag

    folder = Path(arguments[0]) if arguments else ROOT / "dags"
    bag = DagBag(folder, include_examples=False)
    found = [
        *(f"{Path(path).name}: {error}" for path, error in bag.import_errors.items()),
        *(f"{name}: {problem}" for name, dag in bag.dags.items() for problem in problems(dag)),
    ]
    if not bag.dags:
        found.append(f"no DAGs in {folder}")
    for line in found:
        print(line, file=sys.stderr)
    tasks = sum(len(dag.tasks) for dag in bag.dags.values())
    print(f"{len(bag.dags)} DAGs, {tasks} tasks, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
