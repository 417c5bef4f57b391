// Correcting by hand: what is in hand (the ball, a player, the court's corners), the frames it is about, the pointer.
const editor = (() => {
  const { canvas } = overlay;
  const nearPx = 11; // how close to a grip, CSS pixels; a finger gets twice that
  let on = false;
  let subject = "ball";
  let from = null;
  let to = null;
  let move = null; // the drag under way
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

  // --- the pointer ---
  const clampX = (x) => Math.min(Math.max(x, -0.5), review.size.width - 0.5);
  const clampY = (y) => Math.min(Math.max(y, -0.5), review.size.height - 0.5);
  const clamped = ([x, y]) => [clampX(x), clampY(y)];

  function clampBox([x1, y1, x2, y2]) {
    const [dx, dy] = [clampX((x1 + x2) / 2) - (x1 + x2) / 2, clampY((y1 + y2) / 2) - (y1 + y2) / 2];
    return [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
  }

  const within = (place, [x, y]) => place && x >= place[0] && x <= place[2] && y >= place[1] && y <= place[3];
  const close = (place, at, reach) => {
    const [x, y] = picture.toScreen(place);
    return Math.hypot(x - at[0], y - at[1]) <= reach;
  };

  function grab(at, pixel, reach) {
    const { frame } = review;
    if (subject === "ball") {
      const { place } = shown.ballAt(frame);
      const held = place && close(place, at, reach);
      return { kind: "ball", start: held ? place : pixel, place: held ? place : clamped(pixel) };
    }
    if (subject === "court") {
      const points = courtPoints();
      const name = Object.keys(points).find((n) => close(points[n], at, 1.5 * reach));
      return name ? { kind: "court", name, start: points[name], points: { ...points } } : null;
    }
    const lane = laneOf(subject);
    const box = shown.playerAt(lane, frame).place;
    if (box) {
      const grip = overlay.grips(box).find(({ x, y }) => Math.hypot(x - at[0], y - at[1]) <= reach);
      if (grip || within(box, pixel)) return { kind: "player", key: subject, start: box, place: box, h: grip ? grip.h : -1, v: grip ? grip.v : -1 };
    }
    const other = shown.lanes.players.find((l) => within(shown.playerAt(l, frame).place, pixel));
    if (other) {
      take(other.key);
      return null;
    }
    return { kind: "player", key: subject, start: [...pixel, ...pixel], place: null, h: 2, v: 2, drawn: true };
  }

  function dragged(drag, dx, dy) {
    if (drag.kind === "ball") return { ...drag, place: clamped([drag.start[0] + dx, drag.start[1] + dy]) };
    if (drag.kind === "court") {
      return { ...drag, points: { ...drag.points, [drag.name]: clamped([drag.start[0] + dx, drag.start[1] + dy]) } };
    }
    const [x1, y1, x2, y2] = drag.start;
    if (drag.h < 0) return { ...drag, place: clampBox([x1 + dx, y1 + dy, x2 + dx, y2 + dy]) };
    const xs = [x1 + (drag.h === 1 ? dx : 0), x2 + (drag.h === 2 ? dx : 0)].sort((a, b) => a - b);
    const ys = [y1 + (drag.v === 1 ? dy : 0), y2 + (drag.v === 2 ? dy : 0)].sort((a, b) => a - b);
    return { ...drag, place: clampBox([xs[0], ys[0], Math.max(xs[1], xs[0] + 2), Math.max(ys[1], ys[0] + 2)]) };
  }

  function commit(drag) {
    const { frame } = review;
    if (drag.kind === "ball") {
      edits.setBall(frame, drag.place);
      if (byId("step-after").checked) picture.seek(frame + 1);
    } else if (drag.kind === "court") {
      edits.setCourt(frame, drag.points);
    } else if (drag.place && drag.place[2] - drag.place[0] >= 3 && drag.place[3] - drag.place[1] >= 3) {
      edits.setPlayer(drag.key, frame, drag.place);
    }
  }

  const placeOn = (event) => {
    const area = canvas.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    const at = placeOn(event);
    const panning = !on || event.shiftKey || event.button === 1;
    if (event.button > 1 || move) return;
    if (panning) {
      move = { pan: true, at, x: picture.view.x, y: picture.view.y, far: false };
    } else {
      if (picture.playing) picture.togglePlay();
      const drag = grab(at, picture.toPixel(at), event.pointerType === "touch" ? 2 * nearPx : nearPx);
      if (!drag) return;
      move = { at, drag, moved: false };
      shown.drag = drag.place || drag.kind === "court" ? drag : null;
      overlay.draw();
    }
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!move) return;
    const at = placeOn(event);
    const [dx, dy] = [at[0] - move.at[0], at[1] - move.at[1]];
    if (move.pan) {
      move.far = move.far || Math.hypot(dx, dy) > 4;
      if (picture.view.zoom > 1) picture.look(picture.view.zoom, move.x + dx, move.y + dy);
      return;
    }
    const [ux, uy] = picture.unit();
    move.moved = true;
    shown.drag = dragged(move.drag, dx / ux, dy / uy);
    overlay.draw();
  });

  function letGo(event, keep) {
    if (!move) return;
    const { pan, far } = move;
    const drag = shown.drag;
    move = null;
    shown.drag = null;
    if (pan && !far && keep && !on && event.button === 0) picture.togglePlay();
    else if (drag && keep) commit(drag);
    overlay.draw();
  }
  canvas.addEventListener("pointerup", (event) => letGo(event, true));
  canvas.addEventListener("pointercancel", (event) => letGo(event, false));
  canvas.addEventListener("wheel", (event) => {
    if (!on && !event.ctrlKey && picture.view.zoom === 1) return; // the page scrolls
    event.preventDefault();
    picture.zoomBy(Math.exp(-event.deltaY / 400), placeOn(event));
  }, { passive: false });

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
    const theirs = shown.playerAt(laneOf(other), first).place;
    if (!theirs) {
      say(`${nameOf(other)} is not known in frame ${review.frameIndex[first]}: begin where both are.`);
      return;
    }
    edits.swap(subject, other, first, last, theirs);
    say(`${nameOf(subject)} and ${nameOf(other)} swapped from frame ${review.frameIndex[first]} to ${review.frameIndex[last]}.`);
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
    courtPoints, strike, toggle,
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
