"""Tasks in processes of this machine: one that dies costs a retry of its task and nothing else."""

import multiprocessing
import os
import pickle
import signal
import threading
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial

from tennalytix.core.threads import LIMIT
from tennalytix.pipelines.tasks import Outcome, Run, Task, attempt_in_worker, is_current

START_S = 30.0
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def process_backend(workers: int, threads: int, attempts: int) -> Generator[Run, None, None]:
    """Works on tasks in so many processes, each with so many threads.

    All have ended when it is left, unless `keep_workers` was called before: then those of a stage that went well wait
    for the next one. None is started before there is something to do.

    Processes are spawned: what a script runs at import must be guarded by `if __name__ == "__main__"`.
    """
    slots = _waiting.take(workers, threads)
    well = False
    try:
        yield partial(_run, slots, attempts)
        well = True
    finally:
        if not (well and _waiting.give(slots)):
            for slot in slots:
                slot.stop()


def keep_workers() -> None:
    """From now on workers outlive their stage, since starting them and loading libraries takes seconds."""
    _waiting.keep = True


def end_workers() -> None:
    """Ends those that wait; from now on workers end with their stage."""
    _waiting.keep = False
    for slot in _waiting.slots:
        slot.stop()
    _waiting.slots.clear()


class _Slot:
    """One worker process with at most one task, so that when it dies it is known over which."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._executor: ProcessPoolExecutor | None = None
        self._pid: Future[int] | None = None
        self._task: Future[Outcome] | None = None

    @property
    def runs(self) -> bool:
        """Whether its process was started."""
        return self._executor is not None

    def submit(self, task: Task) -> "Future[Outcome]":
        pickled = pickle.dumps(task)
        executor = self._executor or self._start()
        try:
            self._task = executor.submit(attempt_in_worker, self.threads, pickled)
        except BrokenExecutor:  # It died while it had nothing to do.
            self._task = self.restart().submit(attempt_in_worker, self.threads, pickled)
        return self._task

    def restart(self) -> ProcessPoolExecutor:
        """Puts a new process in the place of one that died."""
        self.stop()
        return self._start()

    def stop(self) -> None:
        """Ends the process, in the middle of its task if it has one."""
        if self._executor is None or self._pid is None:
            return
        if self._task is not None and not self._task.done():
            # A task that waits for its process to start would be worked on to its end otherwise.
            with suppress(ProcessLookupError, BrokenExecutor, TimeoutError):
                os.kill(self._pid.result(timeout=START_S), signal.SIGTERM)
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None

    def _start(self) -> ProcessPoolExecutor:
        self._executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)
        with _inherited(self.threads):
            self._pid = self._executor.submit(os.getpid)
        return self._executor


class _Waiting:
    """Workers between two stages of a run."""

    def __init__(self) -> None:
        self.keep = False
        self.slots: list[_Slot] = []

    def take(self, workers: int, threads: int) -> list[_Slot]:
        """So many workers, those that wait first; what does not suit ends."""
        known = [slot for slot in self.slots if slot.threads == threads]
        for slot in [s for s in self.slots if s.threads != threads] + known[workers:]:
            slot.stop()
        self.slots = []
        return known[:workers] + [_Slot(threads) for _ in range(workers - len(known))]

    def give(self, slots: list[_Slot]) -> bool:
        """Has idle workers wait; False if they are to end."""
        if self.keep:
            self.slots += slots
        return self.keep


_waiting = _Waiting()


def _run(slots: list[_Slot], attempts: int, tasks: Iterable[Task]) -> Iterator[Outcome]:
    new, again = iter(tasks), deque[Task]()
    deaths: Counter[str] = Counter()
    idle = list(slots)
    busy: dict[Future[Outcome], tuple[_Slot, Task]] = {}
    while True:
        while idle and (task := again.popleft() if again else next(new, None)) is not None:
            # Workers find out by themselves, side by side; but none is started for what is current.
            if not any(slot.runs for slot in slots) and is_current(task):
                yield Outcome(task.name, current=True)
                continue
            slot = idle.pop()
            busy[slot.submit(task)] = (slot, task)
        if not busy:
            return
        for future in wait(busy, timeout=1.0, return_when=FIRST_COMPLETED).done:
            slot, task = busy.pop(future)
            idle.append(slot)
            try:
                outcome = future.result()
            except BrokenExecutor:
                slot.restart()
                deaths[task.name] += 1
                if deaths[task.name] < attempts:
                    again.append(task)
                    continue
                outcome = Outcome(task.name, error=died(attempts))
            yield outcome


def died(times: int) -> OSError:
    """What is said of a task over which workers die."""
    return OSError(f"its worker died {times} times (killed, out of memory, or crashed). It is left out.")


def _begin() -> None:
    """Leaves Ctrl-C to the parent, and ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _inherited(threads: int) -> Iterator[None]:
    """What a process that is started meanwhile finds: few threads, and Ctrl-C left to the parent."""
    names = (LIMIT, *THREAD_VARIABLES)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(threads)))
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, handler)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
