// What is shown: the clip as found, with the corrections on it, much as the next run of postprocessing will have it.
const shown = (() => {
  const listeners = [];
  const gapMs = { 2: 300, 4: 500 }; // longest gap filled in: of the ball, of a player
  const sameMs = 100; // events of one kind no further apart are one
  const lanes = { ball: null, players: [], events: [] };
  let swapped = new Map(); // players by key: swaps done, nothing set by hand yet
  let courtCache = new Map();
  let drag = null; // what is being moved in the frame shown, not yet a correction

  function laneCopy(lane) {
    return { ...lane, states: lane.states.slice(), places: lane.places.slice() };
  }

  function put(lane, k, place, state) {
    for (let at = k; at < review.count && review.origin[at] === k; at += 1) {
      lane.states[at] = state;
      for (let j = 0; j < lane.stride; j += 1) lane.places[at * lane.stride + j] = place ? place[j] : NaN;
    }
  }

  const placeOf = (lane, k) => {
    const at = k * lane.stride;
    return Number.isNaN(lane.places[at]) ? null : Array.from(lane.places.subarray(at, at + lane.stride));
  };

  // Fills evenly from a corrected frame to the next known one on either side.
  function fill(lane, k, direction) {
    let end = k + direction;
    while (end >= 0 && end < review.count && [MISSING, INTERPOLATED].includes(lane.states[end])) end += direction;
    if (end < 0 || end >= review.count || ![DETECTED, CORRECTED].includes(lane.states[end])) return;
    const spanMs = review.times[end] - review.times[k];
    if (Math.abs(spanMs) > gapMs[lane.stride]) return;
    const [from, to] = [placeOf(lane, k), placeOf(lane, end)];
    for (let at = k + direction; at !== end; at += direction) {
      const share = (review.times[at] - review.times[k]) / spanMs;
      lane.states[at] = INTERPOLATED;
      for (let j = 0; j < lane.stride; j += 1) lane.places[at * lane.stride + j] = from[j] + share * (to[j] - from[j]);
    }
  }

  function corrected(base, words) {
    const lane = laneCopy(base);
    for (let k = 0; k < review.count; k += 1) {
      if (lane.states[k] === CORRECTED && !words.has(review.origin[k])) put(lane, k, null, PENDING);
    }
    for (const [k, place] of words) put(lane, k, place, place ? CORRECTED : ABSENT);
    for (const [k, place] of words) {
      if (!place) continue;
      let end = k;
      while (end + 1 < review.count && review.origin[end + 1] === k) end += 1;
      fill(lane, k, -1);
      fill(lane, end, 1);
    }
    return lane;
  }

  // Intersection over union, as the run compares boxes.
  function iou(a, b) {
    if (!a || !b) return 0;
    const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (width <= 0 || height <= 0) return 0;
    const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
    return (width * height) / (area(a) + area(b) - width * height);
  }

  function exchange(one, other, { first, last, xyxy }) {
    // Where the names are right already, as after a run with this correction, nothing is swapped.
    if (!xyxy || iou(placeOf(one, first), xyxy) >= iou(placeOf(other, first), xyxy)) return;
    for (let k = first; k <= last; k += 1) {
      const [mine, theirs, state] = [placeOf(one, k), placeOf(other, k), one.states[k]];
      for (let j = 0; j < 4; j += 1) {
        one.places[k * 4 + j] = theirs ? theirs[j] : NaN;
        other.places[k * 4 + j] = mine ? mine[j] : NaN;
      }
      one.states[k] = other.states[k];
      other.states[k] = state;
    }
  }

  function emptyLane(key) {
    const [id, role] = key.split(" ");
    const places = new Float32Array(review.count * 4).fill(NaN);
    const name = role === "near" ? "Near" : "Far";
    const alone = !review.players.some((lane) => lane.role === role);
    return { name: alone ? name : `${name} ${id}`, id: Number(id), role, key, states: new Uint8Array(review.count), places, stride: 4 };
  }

  function playersOf(state) {
    const bases = new Map(review.players.map((lane) => [lane.key, state.swaps.length ? laneCopy(lane) : lane]));
    for (const key of [...state.swaps.flatMap((s) => [s.one, s.other]), ...state.players.keys()]) {
      if (!bases.has(key)) bases.set(key, emptyLane(key));
    }
    // A near and a far player even where none was found.
    for (const key of ["1 near", "2 far"]) {
      if (![...bases.keys()].some((k) => k.endsWith(key.slice(2)))) bases.set(key, emptyLane(key));
    }
    for (const swap of state.swaps) exchange(bases.get(swap.one), bases.get(swap.other), swap);
    swapped = bases;
    const none = new Map();
    const order = [...bases.values()].sort((a, b) => (b.role === "near") - (a.role === "near") || a.id - b.id);
    return order.map((lane) => corrected(lane, state.players.get(lane.key) || none));
  }

  // A player's box as the next run will know it when it swaps, before boxes that a person set. Null where there is none,
  // or where it comes from such a box already: the run takes that one up only later.
  function foundAt(key, k) {
    const lane = swapped.get(key);
    const ends = [k, k];
    while (lane.states[ends[0]] === INTERPOLATED) ends[0] -= 1;
    while (lane.states[ends[1]] === INTERPOLATED) ends[1] += 1;
    return ends.some((at) => lane.states[at] === CORRECTED) ? null : placeOf(lane, k);
  }

  function eventsOf(state) {
    const said = state.events.map((mark) => ({ ...mark, timeMs: review.times[mark.frame], mark }));
    const beside = (event) => said.some((mark) => mark.kind === event.kind && Math.abs(mark.timeMs - event.timeMs) <= sameMs);
    const found = review.data.events
      .filter((event) => event.source !== "corrected")
      .map((event) => ({
        kind: event.kind, player: event.player, xy: event.xy, courtXy: event.court_xy_m, timeMs: event.time_ms,
        frame: review.positionOf(event.frame_index) ?? review.frameAt(event.time_ms), mark: null,
      }))
      .filter((event) => !beside(event));
    const added = said.filter((mark) => !mark.deleted).map((mark) => ({ ...mark, courtXy: null }));
    return [...found, ...added].sort((a, b) => a.timeMs - b.timeMs);
  }

  // --- the court ---
  const { court, court_points_m: pointsM, keypoints_m: keypointsM } = review.data;
  const courtRows = court ? review.column(court.points, 8, 100) : [];
  const rowOf = new Int32Array(court && !court.static ? review.count : 0).fill(-1);
  if (court && !court.static) {
    let row = 0;
    for (let k = 0; k < review.count; k += 1) if (court.states[k] === "d") rowOf[k] = row++;
  }

  function foundCourt(k) {
    const row = court ? (court.static ? 0 : rowOf[k]) : -1;
    if (row < 0) return null;
    const at = Array.from({ length: 4 }, (_, j) => [courtRows[row * 8 + 2 * j], courtRows[row * 8 + 2 * j + 1]]);
    return geometry.courtView(at, pointsM, court.lens);
  }

  const cornerNames = ["far_left_doubles", "far_right_doubles", "near_right_doubles", "near_left_doubles"];
  function markedCourt(points) {
    const named = cornerNames.every((name) => points[name]) ? cornerNames : Object.keys(points).slice(0, 4);
    const lens = court && court.lens;
    return geometry.courtView(named.map((name) => geometry.undistort(lens, points[name])), named.map((name) => keypointsM[name]), lens);
  }

  // The marks that hold in a frame: its own, or with a camera that stands still those of the nearest frame.
  function marksAt(k) {
    const marks = edits.now.court;
    const here = review.origin[k];
    if (marks.has(here) || !marks.size || (court && !court.static)) return marks.get(here) || null;
    const nearest = [...marks.keys()].reduce((a, b) => (Math.abs(b - here) < Math.abs(a - here) ? b : a));
    return marks.get(nearest);
  }

  function courtAt(k) {
    if (drag && drag.kind === "court" && k === review.frame) return markedCourt(drag.points);
    const marks = marksAt(k);
    const key = marks || (court && court.static ? "static" : k);
    if (!courtCache.has(key)) {
      if (courtCache.size > 400) courtCache.clear();
      courtCache.set(key, marks ? markedCourt(marks) : foundCourt(k));
    }
    return courtCache.get(key);
  }

  function rebuild() {
    courtCache = new Map();
    lanes.ball = corrected(review.ball, edits.now.ball);
    lanes.players = playersOf(edits.now);
    lanes.events = eventsOf(edits.now);
    for (const listener of listeners) listener();
  }
  edits.onChange(rebuild);

  return {
    lanes, courtAt, foundAt, iou, marksAt, rebuild,
    onChange(listener) { listeners.push(listener); },
    get drag() { return drag; },
    set drag(moved) { drag = moved; },
    ballAt(k) {
      if (drag && drag.kind === "ball" && k === review.frame) return { place: drag.place, state: CORRECTED };
      return { place: placeOf(lanes.ball, k), state: lanes.ball.states[k] };
    },
    playerAt(lane, k) {
      if (drag && drag.kind === "player" && drag.key === lane.key && k === review.frame) return { place: drag.place, state: CORRECTED };
      return { place: placeOf(lane, k), state: lane.states[k] };
    },
    feetAt(lane, k) { // metres, or null
      const { place } = this.playerAt(lane, k);
      const view = place && courtAt(k);
      return view ? view.toCourt([(place[0] + place[2]) / 2, place[3]]) : null;
    },
  };
})();
