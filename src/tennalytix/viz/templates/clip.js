// Ties it together: controls, keys, the readout, jumps from one thing to the next.
(() => {
  const { seek } = picture;
  const step = (frames) => seek(review.frame + frames);

  function jump(frames, direction) {
    const found = direction > 0 ? frames.find((k) => k > review.frame) : frames.findLast((k) => k < review.frame);
    if (found !== undefined) seek(found);
  }
  const seekEvent = (direction) => jump(shown.lanes.events.map((event) => event.frame), direction);

  // Frames in which something begins to be missing or filled in: of what is in hand, or of all.
  function gaps() {
    const all = [shown.lanes.ball, ...shown.lanes.players];
    const own = editor.on && editor.subject !== "court" ? all.filter((lane) => (lane.key || "ball") === editor.subject) : [];
    const doubtful = (lane, k) => lane.states[k] === MISSING || lane.states[k] === INTERPOLATED;
    const found = [];
    for (let k = 0; k < review.count; k += 1) {
      if ((own.length ? own : all).some((lane) => doubtful(lane, k) && (k === 0 || !doubtful(lane, k - 1)))) found.push(k);
    }
    return found;
  }

  function corrections() {
    const { ball, players, swaps, events, court } = edits.now;
    const found = [...ball.keys(), ...court.keys(), ...swaps.map((s) => s.first), ...events.map((e) => e.frame)];
    for (const words of players.values()) found.push(...words.keys());
    return [...new Set(found)].sort((a, b) => a - b);
  }

  function zoomOn() {
    if (picture.view.zoom > 1) {
      picture.look(1, 0, 0);
      return;
    }
    const lane = shown.lanes.players.find((l) => l.key === editor.subject);
    const box = editor.on && lane && shown.playerAt(lane, review.frame).place;
    const place = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : shown.ballAt(review.frame).place;
    picture.centreOn(place || [review.size.width / 2, review.size.height / 2], 4);
  }

  const buttons = {
    "event-back": () => seekEvent(-1), "event-on": () => seekEvent(1),
    "step-back-10": () => step(-10), "step-back": () => step(-1), play: picture.togglePlay, "step-on": () => step(1), "step-on-10": () => step(10),
    "gap-back": () => jump(gaps(), -1), "gap-on": () => jump(gaps(), 1),
    "zoom-in": () => picture.zoomBy(1.5), "zoom-out": () => picture.zoomBy(1 / 1.5), "zoom-fit": () => picture.look(1, 0, 0), "zoom-ball": zoomOn,
  };
  for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);

  const keys = {
    " ": picture.togglePlay, ArrowLeft: (big) => step(big ? -10 : -1), ArrowRight: (big) => step(big ? 10 : 1),
    "[": () => seekEvent(-1), "]": () => seekEvent(1), g: () => jump(gaps(), 1), G: () => jump(gaps(), -1),
    c: () => jump(corrections(), 1), C: () => jump(corrections(), -1), Home: () => seek(0), End: () => seek(review.count - 1),
    "+": () => picture.zoomBy(1.5), "-": () => picture.zoomBy(1 / 1.5), z: zoomOn,
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("select, input:not([type=checkbox]), textarea");
    const pressing = [" ", "Enter"].includes(event.key) && event.target.closest("button, a, input, summary");
    if (typing || pressing) return;
    if (editor.key(event)) {
      event.preventDefault();
      return;
    }
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key](event.shiftKey);
  });

  // After a click the keys are the picture's again; who came to a button by keyboard stays there.
  document.addEventListener("click", (event) => {
    if (event.detail > 0 && event.target.closest("button")) overlay.canvas.focus({ preventScroll: true });
  });

  // --- the readout ---
  const parts = new Map();
  function part(name, value) {
    if (!parts.has(name)) {
      const made = document.createElement("span");
      made.append(element("b", "", name), " ", element("span", ""));
      parts.set(name, made);
      byId("readout").append(made);
    }
    parts.get(name).lastChild.textContent = value;
  }

  function read() {
    const { frame } = review;
    if (!review.count) {
      part("No frames", "");
      return;
    }
    part("Frame", review.frameIndex[frame]);
    part("Time", `${(review.data.start_s + review.times[frame] / 1000).toFixed(3)} s`);
    const { place, state } = shown.ballAt(frame);
    part("Ball", STATE_NAMES[state] + (place ? ` at ${place[0].toFixed(1)}, ${place[1].toFixed(1)} px` : ""));
    for (const lane of shown.lanes.players) part(lane.name, STATE_NAMES[lane.states[frame]]);
  }

  review.onShow(read);
  shown.onChange(read);
  for (const hidden of document.querySelectorAll(".needs-script")) hidden.hidden = false;
  timeline.listen(seek);
  shown.rebuild();
  seek(0);
})();
