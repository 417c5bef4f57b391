// Corrections as the file 05_corrections/<clip_id>.json holds them (schema/corrections.py), written and read.
const editsFile = (() => {
  const ours = "1.1";
  const known = new Set(["schema_version", "clip_id", "court", "ball", "players", "swaps", "events"]);
  const rounded = (values) => values.map((value) => Math.round(value * 100) / 100);
  function keyOf({ track_id: id, role }) {
    if (!Number.isInteger(id) || id < 1 || !["near", "far"].includes(role)) throw new Error("A player must have a track_id from 1 on and the role near or far.");
    return `${id} ${role}`;
  }
  const player = (key) => ({ track_id: Number(key.split(" ")[0]), role: key.split(" ")[1] });

  // Words about places: one entry each, runs of "not in view" in one entry.
  function words(map, name) {
    const found = [];
    for (const [k, place] of [...map].sort((a, b) => a[0] - b[0])) {
      const before = found[found.length - 1];
      const follows = before && place === null && before[name] === null && review.origin[k - 1] === before.at;
      if (follows) before.last_frame = review.frameIndex[k];
      else found.push({ frame_index: review.frameIndex[k], [name]: place && rounded(place) });
      found[found.length - 1].at = k;
    }
    for (const entry of found) delete entry.at;
    return found;
  }

  function write(state) {
    const players = [...state.players].flatMap(([key, map]) => words(map, "xyxy").map((word) => ({ ...player(key), ...word })));
    const swaps = state.swaps.map(({ one, other, first, last, xyxy }) => ({
      frame_index: review.frameIndex[first], last_frame: review.frameIndex[last],
      one: player(one), other: player(other), xyxy: xyxy && rounded(xyxy),
    }));
    const court = [...state.court].sort((a, b) => a[0] - b[0]).map(([k, points]) => ({
      frame_index: review.frameIndex[k],
      points: Object.fromEntries(Object.entries(points).map(([name, xy]) => [name, rounded(xy)])),
    }));
    const events = [...state.events].sort((a, b) => a.frame - b.frame).map((event) => {
      const entry = { kind: event.kind, frame_index: review.frameIndex[event.frame] };
      if (event.deleted) return { ...entry, deleted: true };
      return { ...entry, xy: event.xy && rounded(event.xy), player: event.player };
    });
    return { ...state.others, schema_version: state.version || ours, clip_id: review.data.clip_id, court, ball: words(state.ball, "xy"), players, swaps, events };
  }

  // As the list of clips counts them: a stretch "not in view" is one.
  function count(state) {
    const { court, ball, players, swaps, events } = write(state);
    return [court, ball, players, swaps, events].reduce((sum, entries) => sum + entries.length, 0);
  }

  const text = (state) => `${JSON.stringify(write(state), null, 1)}\n`;

  function position(index) {
    const k = review.positionOf(index);
    if (k === undefined) throw new Error(`frame_index must lie in the clip, got ${index}.`);
    return k;
  }

  function place(values, length) {
    if (values === null || values === undefined) return null;
    if (!Array.isArray(values) || values.length !== length || !values.every(Number.isFinite)) {
      throw new Error(`A place must be ${length} numbers or null.`);
    }
    return values;
  }

  function span(entry) {
    const first = position(entry.frame_index);
    return [first, entry.last_frame === undefined || entry.last_frame === null ? first : position(entry.last_frame)];
  }

  function fill(map, entry, value) {
    for (const k of edits.pictures(...span(entry))) map.set(k, value);
  }

  // The state a file stands for; throws an Error that says what is wrong with it.
  function read(file) {
    if (!file || typeof file !== "object" || typeof file.clip_id !== "string") throw new Error("This is no file of corrections.");
    if (file.clip_id !== review.data.clip_id) throw new Error(`clip_id must be ${review.data.clip_id}, got ${file.clip_id}.`);
    const written = String(file.schema_version || "1.0");
    if (written.split(".")[0] !== "1") throw new Error(`schema_version must be 1.x, got ${written}.`);
    const state = { ball: new Map(), players: new Map(), swaps: [], events: [], court: new Map() };
    // What a newer program wrote into the file is kept as it is, and so is its version: in one of ours it would be refused.
    state.version = Number(written.split(".")[1]) > Number(ours.split(".")[1]) ? written : ours;
    state.others = Object.fromEntries(Object.entries(file).filter(([name]) => !known.has(name)));
    for (const entry of file.ball || []) fill(state.ball, entry, place(entry.xy, 2));
    for (const entry of file.players || []) {
      const key = keyOf(entry);
      if (!state.players.has(key)) state.players.set(key, new Map());
      fill(state.players.get(key), entry, place(entry.xyxy, 4));
    }
    for (const entry of file.swaps || []) {
      const [first, last] = span(entry);
      state.swaps.push({ one: keyOf(entry.one), other: keyOf(entry.other), first, last, xyxy: place(entry.xyxy, 4) });
    }
    for (const entry of file.events || []) {
      if (!["hit", "bounce"].includes(entry.kind)) throw new Error(`kind must be hit or bounce, got ${entry.kind}.`);
      if (entry.player && !["near", "far"].includes(entry.player)) throw new Error(`player must be near or far, got ${entry.player}.`);
      state.events.push({
        kind: entry.kind, frame: position(entry.frame_index), deleted: Boolean(entry.deleted),
        xy: place(entry.xy, 2), player: entry.player || null,
      });
    }
    for (const entry of file.court || []) {
      const names = Object.keys(entry.points);
      if (names.length < 4 || !names.every((name) => review.data.keypoints_m[name] && place(entry.points[name], 2))) {
        throw new Error("points must be at least four of the court, each with its place.");
      }
      state.court.set(review.origin[position(entry.frame_index)], entry.points);
    }
    return state;
  }

  return { count, read, text, write };
})();
