// Correcting by hand: what is in hand (the ball, a player, the court's corners), the frames it is about, what is said of it.
const editor = (() => {
  let on = false;
  let subject = "ball";
  let from = null;
  let to = null;
  let courtStart = null; // corners offered in a frame that has none set
  const listeners = [];

  const isPlayer = () => subject !== "ball" && subject !== "court";
  const laneOf = (key) => shown.lanes.players.find((lane) => lane.key === key);
  const frames = () => (from !== null && to !== null ? [Math.min(from, to), Math.max(from, to)] : [review.frame, review.frame]);
  const say = (text) => { byId("edit-status").textContent = text; };

  const playerKeys = () => shown.lanes.players.map((lane) => lane.key);
  const nameOf = (key) => laneOf(key).name;

  // --- what is in hand ---
  function listSubjects() {
    const group = byId("subjects");
    const wanted = ["ball", ...playerKeys(), "court"];
    if (!wanted.includes(subject)) subject = "ball";
    group.replaceChildren(...wanted.map((key, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = key === "ball" ? "Ball" : key === "court" ? "Court" : nameOf(key);
      button.title = `Key ${key === "court" ? 0 : k + 1}`;
      button.setAttribute("aria-pressed", String(key === subject));
      button.addEventListener("click", () => take(key));
      return button;
    }));
    byId("absent").disabled = subject === "court";
    const others = byId("swap-with");
    const role = isPlayer() ? subject.split(" ")[1] : "";
    const rest = playerKeys().filter((key) => key !== subject).sort((a, b) => b.endsWith(role) - a.endsWith(role));
    others.replaceChildren(...rest.map((key) => new Option(nameOf(key), key)));
    byId("swap-group").hidden = !isPlayer();
  }

  function take(key) {
    subject = key;
    courtStart = null;
    listSubjects();
    overlay.select(on ? subject : null);
  }

  // --- the court's corners ---
  const outer = ["far_left_doubles", "far_right_doubles", "near_right_doubles", "near_left_doubles"];
  const inner = ["far_left_doubles", "far_right_doubles", "near_service_right", "near_service_left"];
  const inside = (xy) => xy && xy[0] >= 0 && xy[1] >= 0 && xy[0] <= review.size.width - 1 && xy[1] <= review.size.height - 1;

  function startCorners() {
    const view = shown.courtAt(review.frame);
    const seen = (name) => view && view.toImage(review.data.keypoints_m[name]);
    const names = outer.every((name) => inside(seen(name))) || !view ? outer : inner;
    const { width, height } = review.size;
    const guess = [[0.35, 0.3], [0.65, 0.3], [0.85, 0.85], [0.15, 0.85]];
    return Object.fromEntries(names.map((name, k) => {
      const xy = seen(name);
      return [name, inside(xy) ? xy : [guess[k][0] * width, guess[k][1] * height]];
    }));
  }

  function courtPoints() {
    if (shown.drag && shown.drag.kind === "court") return shown.drag.points;
    const marks = edits.now.court.get(review.origin[review.frame]);
    if (marks) return marks;
    courtStart = courtStart || startCorners();
    return courtStart;
  }

  // --- places stay in the picture ---
  const clampX = (x) => Math.min(Math.max(x, -0.5), review.size.width - 0.5);
  const clampY = (y) => Math.min(Math.max(y, -0.5), review.size.height - 0.5);
  const clamped = ([x, y]) => [clampX(x), clampY(y)];

  function clampBox([x1, y1, x2, y2]) {
    const [dx, dy] = [clampX((x1 + x2) / 2) - (x1 + x2) / 2, clampY((y1 + y2) / 2) - (y1 + y2) / 2];
    return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
  }

  // --- without a pointer ---
  function nudge(dx, dy) {
    const { frame } = review;
    if (subject === "court") return;
    const lane = laneOf(subject);
    const { place } = isPlayer() ? shown.playerAt(lane, frame) : shown.ballAt(frame);
    if (!place) {
      say("Nothing is there to move: press Enter to place it.");
      return;
    }
    if (isPlayer()) edits.setPlayer(subject, frame, clampBox([place[0] + dx, place[1] + dy, place[2] + dx, place[3] + dy]));
    else edits.setBall(frame, clamped([place[0] + dx, place[1] + dy]));
  }

  // Sets what is shown, what was known last, or the middle of the picture.
  function accept() {
    const { frame } = review;
    if (subject === "court") {
      edits.setCourt(frame, courtPoints());
      return;
    }
    const lane = laneOf(subject);
    const find = (k) => (isPlayer() ? shown.playerAt(lane, k) : shown.ballAt(k)).place;
    let place = find(frame);
    for (let k = frame; !place && k >= Math.max(0, frame - 250); k -= 1) place = find(k);
    const [x, y] = [review.size.width / 2, review.size.height / 2];
    if (isPlayer()) edits.setPlayer(subject, frame, place || [x - 20, y - 50, x + 20, y + 50]);
    else edits.setBall(frame, place || [x, y]);
  }

  const key = () => (subject === "ball" ? null : subject);

  function absent() {
    if (subject !== "court") edits.setAbsent(key(), ...frames());
  }

  function asFound() {
    if (subject === "court") edits.forgetCourt(review.frame);
    else edits.forget(key(), ...frames());
  }

  function swap() {
    const other = byId("swap-with").value;
    if (!isPlayer() || !other) return;
    const [first, last] = from !== null && to !== null ? frames() : [review.origin[review.frame], review.count - 1];
    const [mine, theirs] = [shown.foundAt(subject, first), shown.foundAt(other, first)];
    const back = edits.hasSwap(subject, other, first, last);
    const [names, begin] = [`${nameOf(subject)} and ${nameOf(other)}`, review.frameIndex[first]];
    if (!back && !mine && !theirs) { // boxes set by hand go with the names, but tell no run whose names are wrong
      say(`${names} were not found in frame ${begin}, only set by hand if at all: begin where one of them was found.`);
    } else if (!back && shown.iou(mine, theirs) > 0.9) { // the run could not tell one from the other
      say(`${names} lie on one another in frame ${begin}: begin where they are apart.`);
    } else {
      if (theirs) edits.swap(subject, other, first, last, theirs);
      else edits.swap(other, subject, first, last, mine);
      say(`${names} swapped${back ? " back" : ""} from frame ${begin} to ${review.frameIndex[last]}.`);
    }
  }

  function addEvent(kind, player) {
    const { place } = shown.ballAt(review.frame);
    if (!place) {
      say("Set the ball first: an event is where the ball is.");
      return;
    }
    edits.setEvent({ kind, player, frame: review.frame, xy: place, deleted: false });
  }

  function strike(event) {
    if (event.mark) edits.dropEvent(event.mark);
    else edits.setEvent({ kind: event.kind, frame: event.frame, deleted: true, xy: null, player: null });
  }

  function strikeHere() {
    const near = shown.lanes.events.filter((event) => Math.abs(event.frame - review.frame) <= 2);
    near.sort((a, b) => Math.abs(a.frame - review.frame) - Math.abs(b.frame - review.frame));
    if (near.length) strike(near[0]);
    else say("There is no event within 2 frames.");
  }

  function setRange(first, last) {
    [from, to] = [first, last];
    const both = from !== null && to !== null;
    timeline.mark(both ? frames() : from !== null ? [from, from] : to !== null ? [to, to] : null);
    byId("range").textContent = both
      ? `Frames ${review.frameIndex[frames()[0]]} to ${review.frameIndex[frames()[1]]}`
      : from !== null ? `From frame ${review.frameIndex[from]} …` : to !== null ? `… to frame ${review.frameIndex[to]}` : "This frame only";
    byId("range-clear").disabled = from === null && to === null;
  }

  function toggle() {
    on = !on;
    byId("correct").setAttribute("aria-pressed", String(on));
    byId("edit-tools").hidden = !on;
    document.body.classList.toggle("correcting", on);
    if (on && picture.playing) picture.togglePlay();
    take(subject);
    for (const listener of listeners) listener();
  }

  const actions = {
    correct: toggle, absent, "as-found": asFound, accept, swap,
    "range-from": () => setRange(review.frame, to), "range-to": () => setRange(from, review.frame), "range-clear": () => setRange(null, null),
    "hit-near": () => addEvent("hit", "near"), "hit-far": () => addEvent("hit", "far"), bounce: () => addEvent("bounce", null),
    strike: strikeHere, undo: edits.undo, redo: edits.redo,
  };
  for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);

  function refresh() {
    byId("undo").disabled = !edits.canUndo;
    byId("redo").disabled = !edits.canRedo;
    say("");
    courtStart = null;
    listSubjects();
  }
  shown.onChange(refresh);
  review.onShow(() => { courtStart = null; });

  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  return {
    courtPoints, strike, toggle, take, clamped, clampBox,
    get on() { return on; },
    get subject() { return subject; },
    onToggle(listener) { listeners.push(listener); },
    // True where the key meant something here.
    key(event) {
      if ((event.ctrlKey || event.metaKey) && "zyZY".includes(event.key)) {
        if (event.key.toLowerCase() === "y" || event.shiftKey) edits.redo();
        else edits.undo();
        return true;
      }
      if (event.ctrlKey || event.metaKey) return false;
      if (event.key === "e") { toggle(); return true; }
      if (!on) return false;
      if (event.altKey && step[event.key]) {
        const far = event.shiftKey ? 10 : 1;
        nudge(step[event.key][0] * far, step[event.key][1] * far);
        return true;
      }
      if (event.altKey) return false;
      const simple = { x: absent, r: asFound, Enter: accept, s: swap, i: actions["range-from"], o: actions["range-to"], n: actions["hit-near"], f: actions["hit-far"], b: actions.bounce, Delete: strikeHere };
      if (simple[event.key]) { simple[event.key](); return true; }
      if (/^[0-9]$/.test(event.key)) {
        const wanted = event.key === "0" ? "court" : ["ball", ...playerKeys()][Number(event.key) - 1];
        if (wanted) take(wanted);
        return Boolean(wanted);
      }
      return false;
    },
  };
})();
