"""Tasks on a Dask cluster: one that is there, or one started on this machine."""

import logging
import pickle
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from tennalytix.pipelines.parallel import Parallel
from tennalytix.pipelines.processes import THREAD_VARIABLES, died
from tennalytix.pipelines.tasks import Outcome, Run, StageError, Task, attempt_in_worker

CONNECT_S = 30.0
LOOK_EVERY_S = 5.0
BACKLOG = 64
"""Tasks that wait at the scheduler beside those of the workers: enough to show a cluster that it should grow."""


@contextmanager
def dask_backend(parallel: Parallel, items: int) -> Generator[Run, None, None]:
    """Works on tasks on the cluster at `parallel.address`, or on one of this machine that lasts as long as this.

    Raises:
        StageError: Dask is not installed, there is no scheduler at that address, or no worker starts here.
    """
    try:
        dask, distributed = _dask()
    except ImportError as error:
        raise StageError('backend dask needs Dask, which is not installed. pip install "tennalytix[dask]".') from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # What matters of it is said by `_run`.
    revive: Callable[[], object]
    with ExitStack() as stack:
        if parallel.address is None:
            workers = parallel.workers_for(items)
            threads = parallel.threads_for(workers)
            stack.enter_context(dask.config.set(_settings(threads, parallel.attempts)))
            cluster: Any = stack.enter_context(_local_cluster(distributed, workers, parallel.attempts))
            revive = _reviver(cluster, workers)
        else:
            cluster, threads, revive = parallel.address, parallel.threads, int
        try:
            client = stack.enter_context(distributed.Client(cluster, timeout=CONNECT_S, set_as_default=False))
        except (OSError, ValueError) as error:
            raise StageError(f"address must be that of a Dask scheduler, got {parallel.address}: {error}.") from error
        yield partial(_run, client, threads, revive)


def _local_cluster(distributed: Any, workers: int, attempts: int) -> Any:
    """A cluster of this machine; tries again where a worker dies while it starts."""
    for left in reversed(range(attempts)):
        try:
            return distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=0,  # A worker that Dask pauses for its memory would wait for ever.
                dashboard_address=":0",  # Several runs may go on at once.
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
            )
        except RuntimeError as error:
            if not left:
                raise StageError(f"Dask's workers died {attempts} times while they started: {error}") from error
    raise AssertionError("attempts are positive")


def _reviver(cluster: Any, workers: int) -> Callable[[], None]:
    """Starts another worker for each that is gone for good: Dask gives up one that dies while it starts."""
    dead: set[Any] = set()
    gone: set[Any] = set()

    def revive() -> None:
        nonlocal dead
        before, dead = dead, {name for name, nanny in cluster.workers.items() if not nanny.is_alive()}
        gone.update(before & dead)
        cluster.scale(workers + len(gone))

    return revive


def _settings(threads: int, attempts: int) -> dict[str, Any]:
    # Dask sets these here, too, before it spawns: our own limit is not among them, and is set by the worker.
    environment = {**dict.fromkeys(THREAD_VARIABLES, str(threads)), "DASK_LOGGING__DISTRIBUTED": "critical"}
    return {
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.worker.profile.enabled": False,  # Looks at every thread a hundred times a second.
        "distributed.scheduler.allowed-failures": attempts - 1,
        # A task waits at the scheduler, not at a worker whose death would be blamed on it.
        "distributed.scheduler.worker-saturation": 1.0,
    }


def _dask() -> tuple[Any, Any]:
    return import_module("dask"), import_module("distributed")  # An extra, and without types.


def _run(client: Any, threads: int, revive: Callable[[], object], tasks: Iterable[Task]) -> Iterator[Outcome]:
    # Dask keeps tasks of one large group at the scheduler, and sees the group by the first part of the key.
    group = f"tennalytix-{uuid4().hex}"
    work = partial(attempt_in_cluster, threads)
    new, window = iter(tasks), _Window(client, revive)
    going: dict[str, Any] = {}
    done: SimpleQueue[Any] = SimpleQueue()

    def submit(count: int) -> None:
        chosen = list(islice(new, max(0, count)))
        keys = [(group, task.name) for task in chosen]
        for future in client.map(work, [pickle.dumps(task) for task in chosen], key=keys) if chosen else []:
            going[future.key[1]] = future
            future.add_done_callback(done.put)

    submit(window.size())
    while going:
        try:
            future = done.get(timeout=LOOK_EVERY_S)
        except Empty:
            window.size()
            continue
        # A future that is held keeps its result on the cluster.
        del going[future.key[1]]
        yield _outcome(future)
        submit(window.size() - len(going))


def _outcome(future: Any) -> Outcome:
    name = str(future.key[1])
    try:
        outcome: Outcome = future.result()
    except _dask()[1].KilledWorker as error:
        return Outcome(name, error=died(error.allowed_failures + 1))
    except StageError:
        raise
    except Exception as error:
        if future.status in ("cancelled", "lost"):
            raise StageError("The Dask cluster was lost. Start the same command again to go on.") from error
        return Outcome(name, error=error)
    return outcome


def attempt_in_cluster(threads: int, pickled: bytes) -> Outcome:
    """Works on a pickled task in a worker of a cluster, whose cores may be fewer than the machine's.

    Args:
        threads: of this worker; 0 for as many as it has cores.
        pickled: the task.
    """
    # Dask knows the limits of containers.
    return attempt_in_worker(threads or import_module("dask.system").CPU_COUNT, pickled)


class _Window:
    """How many tasks may be at the cluster, which may grow and shrink; looks after it now and then."""

    def __init__(self, client: Any, revive: Callable[[], object]) -> None:
        self._client, self._revive, self._looked, self._size = client, revive, float("-inf"), BACKLOG

    def size(self) -> int:
        if time.monotonic() - self._looked > LOOK_EVERY_S:
            self._looked = time.monotonic()
            self._revive()
            self._size = BACKLOG + 4 * sum(self._client.nthreads().values())
        return self._size
