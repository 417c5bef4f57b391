// What a person set right, and how to take it back. A state is never changed, only replaced, so undo is a list of them.
// Frames are the clip's, counted from 0; a repeated frame stands for the picture it repeats.
const edits = (() => {
  const empty = { ball: new Map(), players: new Map(), swaps: [], events: [], court: new Map() };
  const listeners = [];
  let now = empty;
  let saved = empty;
  let past = [];
  let future = [];

  const copy = (state) => ({
    ...state,
    ball: new Map(state.ball),
    players: new Map(Array.from(state.players, ([key, words]) => [key, new Map(words)])),
    swaps: [...state.swaps],
    events: [...state.events],
    court: new Map(state.court),
  });

  function tell() {
    for (const listener of listeners) listener();
  }

  function become(state) {
    past.push(now);
    if (past.length > 500) past.shift();
    future = [];
    now = state;
    tell();
  }

  function change(work) {
    const next = copy(now);
    work(next);
    become(next);
  }

  function wordsOf(state, key) {
    if (!state.players.has(key)) state.players.set(key, new Map());
    return state.players.get(key);
  }

  const isSwap = (one, other, first, last) => (s) =>
    s.first === first && s.last === last && [one, other].includes(s.one) && [one, other].includes(s.other);

  // Pictures from one frame to another, each once.
  function pictures(first, last) {
    const found = new Set();
    for (let k = first; k <= last; k += 1) found.add(review.origin[k]);
    return found;
  }

  return {
    get now() { return now; },
    get size() { return editsFile.count(now); },
    get unsaved() { return now !== saved; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    onChange(listener) { listeners.push(listener); },
    start(state) { now = saved = state || empty; past = []; future = []; tell(); },
    load(state) { become(state); },
    markSaved(state) { saved = state; tell(); },
    undo() { if (past.length) { future.push(now); now = past.pop(); tell(); } },
    redo() { if (future.length) { past.push(now); now = future.pop(); tell(); } },
    copy, pictures,

    setBall(frame, xy) { change((state) => state.ball.set(review.origin[frame], xy)); },
    setPlayer(key, frame, xyxy) { change((state) => wordsOf(state, key).set(review.origin[frame], xyxy)); },
    setCourt(frame, points) { change((state) => state.court.set(review.origin[frame], points)); },
    // `key` null means the ball.
    setAbsent(key, first, last) {
      change((state) => {
        const words = key === null ? state.ball : wordsOf(state, key);
        for (const k of pictures(first, last)) words.set(k, null);
      });
    },
    forget(key, first, last) {
      change((state) => {
        const words = key === null ? state.ball : wordsOf(state, key);
        for (const k of pictures(first, last)) words.delete(k);
      });
    },
    forgetCourt(frame) { change((state) => state.court.delete(review.origin[frame])); },
    hasSwap: (...swap) => now.swaps.some(isSwap(...swap)),
    // What was said of the two within the frames goes along with the names. The same swap again takes it back.
    swap(one, other, first, last, xyxy) {
      change((state) => {
        const [a, b] = [wordsOf(state, one), wordsOf(state, other)];
        for (const k of pictures(first, last)) {
          const [mine, theirs] = [a.get(k), b.get(k)];
          if (theirs === undefined) a.delete(k);
          else a.set(k, theirs);
          if (mine === undefined) b.delete(k);
          else b.set(k, mine);
        }
        const again = state.swaps.findIndex(isSwap(one, other, first, last));
        if (again >= 0) state.swaps.splice(again, 1);
        else state.swaps.push({ one, other, first, last, xyxy });
      });
    },
    setEvent(event) {
      change((state) => {
        state.events = state.events.filter((e) => !(e.kind === event.kind && e.frame === event.frame));
        state.events.push(event);
      });
    },
    dropEvent({ kind, frame }) {
      change((state) => { state.events = state.events.filter((e) => !(e.kind === kind && e.frame === frame)); });
    },
  };
})();
