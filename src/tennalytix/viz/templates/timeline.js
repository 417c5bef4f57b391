// The strip under the video: a lane each for events, the ball and every player; a click or a drag seeks. A long clip can
// be looked at in windows, which follow the frame shown. Where frames are narrower than pixels a lane shows shares:
// detected from the bottom up, filled in above, the rest missing.
const timeline = (() => {
  const element = document.getElementById("timeline");
  const canvas = document.getElementById("timeline-canvas");
  const strip = document.createElement("canvas"); // everything but the playhead, drawn once a size and window
  const left = 60;
  const laneHeight = 22;
  const laneGap = 5;
  const eventHeight = 26;
  const axisHeight = 22;
  const ink = review.colour("ink");
  const view = { fromMs: 0, toMs: review.endMs };
  let lanes = [];
  let height = 0;
  let width = 0;
  let range = null; // frames that the editor has marked, first and last

  const x = (timeMs) => left + ((timeMs - view.fromMs) / (view.toMs - view.fromMs)) * (width - left - 1);
  const timeAt = (px) => view.fromMs + ((px - left) / (width - left - 1)) * (view.toMs - view.fromMs);
  const { startMs } = review;

  function takeLanes() {
    lanes = [{ name: "Ball", colour: review.colour("ball"), states: shown.lanes.ball.states }].concat(
      shown.lanes.players.map((p) => ({ name: p.name, colour: review.colour(p.role), states: p.states })),
    );
    height = eventHeight + lanes.length * (laneHeight + laneGap) + axisHeight;
  }

  function hatch(context, colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    for (const shift of [-6, 0, 6]) {
      pen.moveTo(shift - 1, 7);
      pen.lineTo(shift + 7, -1);
    }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  function drawRuns(context, lane, pattern, top, first, last) {
    let from = first;
    for (let k = first + 1; k <= last; k += 1) {
      const state = lane.states[from];
      if (k < last && lane.states[k] === state) continue;
      const x1 = x(startMs(from));
      const wide = Math.max(x(startMs(k)) - x1, 1);
      if (state !== MISSING && state !== ABSENT) {
        context.fillStyle = state === INTERPOLATED ? pattern : state === PENDING ? "#c9ced6" : lane.colour;
        context.fillRect(x1, top, wide, laneHeight);
      }
      if (state === CORRECTED || state === ABSENT) {
        context.fillStyle = ink;
        context.fillRect(x1, top, Math.max(wide, 2), 6);
      }
      from = k;
    }
  }

  function drawShares(context, lane, pattern, top, first, last) {
    let k = first;
    for (let px = left; px < width - 1; px += 1) {
      const endMs = timeAt(px + 1);
      let detected = 0;
      let known = 0;
      let said = false;
      const from = k;
      for (; k < last && review.times[k] < endMs; k += 1) {
        const state = lane.states[k];
        known += state === MISSING || state === ABSENT ? 0 : 1;
        detected += state === DETECTED || state === CORRECTED ? 1 : 0;
        said = said || state === CORRECTED || state === ABSENT;
      }
      if (k === from) continue;
      const solid = (detected / (k - from)) * laneHeight;
      const filled = (known / (k - from)) * laneHeight;
      context.fillStyle = pattern;
      context.fillRect(px, top + laneHeight - filled, 1, filled - solid);
      context.fillStyle = lane.colour;
      context.fillRect(px, top + laneHeight - solid, 1, solid);
      if (said) {
        context.fillStyle = ink;
        context.fillRect(px, top, 1, 6);
      }
    }
  }

  function drawLane(context, lane, top) {
    const first = review.frameAt(view.fromMs);
    const last = review.count ? review.frameAt(view.toMs) + 1 : 0;
    const draw = last - first > 2 * (width - left) ? drawShares : drawRuns;
    context.save();
    context.beginPath();
    context.rect(left, top, width - left - 1, laneHeight);
    context.clip();
    context.fillStyle = "#fff";
    context.fillRect(left, top, width, laneHeight);
    draw(context, lane, hatch(context, lane.colour), top, first, last);
    context.restore();
    context.strokeStyle = "#a9aeb7";
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, width - left, laneHeight + 1);
    label(context, lane.name, top + laneHeight / 2);
  }

  function label(context, text, y) {
    context.fillStyle = ink;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, 0, y);
  }

  function drawEvents(context) {
    label(context, "Events", eventHeight / 2);
    const y = eventHeight / 2;
    const visible = shown.lanes.events.filter((event) => event.timeMs >= view.fromMs && event.timeMs <= view.toMs);
    const crowded = visible.length > (width - left) / 14;
    for (const event of visible) {
      const at = x(event.timeMs);
      context.fillStyle = context.strokeStyle = ink;
      context.beginPath();
      if (crowded) {
        context.fillRect(at, y - 5, 1, 10);
      } else if (event.kind === "hit") {
        context.moveTo(at, y - 6);
        context.lineTo(at + 5.5, y + 5);
        context.lineTo(at - 5.5, y + 5);
        context.fill();
      } else {
        context.lineWidth = 2;
        context.arc(at, y, 4.5, 0, 2 * Math.PI);
        context.stroke();
      }
    }
  }

  function drawAxis(context) {
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
    const spanS = (view.toMs - view.fromMs) / 1000;
    const step = steps.find((s) => spanS / s <= Math.max(1, (width - left) / 70)) || 7200;
    context.fillStyle = review.colour("quiet");
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (let k = Math.ceil(view.fromMs / 1000 / step); k * step * 1000 <= view.toMs; k += 1) {
      const at = x(k * step * 1000);
      context.fillRect(at, height - axisHeight, 1, 5);
      const text = `${Number((k * step).toFixed(1))} s`;
      const half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(Math.max(at, left + half - 4), width - half), height - 4);
    }
  }

  function drawStrip() {
    const context = sizedContext(strip, width, height);
    context.font = "13px system-ui, sans-serif";
    lanes.forEach((lane, k) => drawLane(context, lane, eventHeight + k * (laneHeight + laneGap)));
    drawEvents(context);
    drawAxis(context);
  }

  function draw() {
    const context = sizedContext(canvas, width, height);
    context.drawImage(strip, 0, 0, width, height);
    if (!review.count) return;
    if (range) {
      const [x1, x2] = [x(startMs(range[0])), x(startMs(range[1] + 1))];
      context.fillStyle = "rgba(10, 90, 150, .18)";
      context.fillRect(x1, 0, Math.max(x2 - x1, 2), height - axisHeight);
    }
    const from = x(startMs(review.frame));
    const to = Math.max(x(startMs(review.frame + 1)), from + 2);
    context.fillStyle = "rgba(27, 31, 36, 0.22)";
    context.fillRect(from, 0, to - from, height - axisHeight);
    context.fillStyle = ink;
    context.fillRect((from + to) / 2 - 1, 0, 2, height - axisHeight + 5);
  }

  function look(fromMs, spanMs) {
    const span = Math.min(spanMs, review.endMs);
    view.fromMs = Math.min(Math.max(fromMs, 0), review.endMs - span);
    view.toMs = view.fromMs + span;
    drawStrip();
  }

  function resize() {
    width = Math.max(160, element.clientWidth);
    takeLanes();
    drawStrip();
    draw();
  }

  function listen(seek) {
    const frameUnder = (event) => review.frameAt(timeAt(event.clientX - canvas.getBoundingClientRect().left));
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      seek(frameUnder(event));
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) seek(frameUnder(event));
    });
    const zoom = document.getElementById("zoom");
    document.getElementById("zoom-label").hidden = review.endMs < 20000;
    zoom.addEventListener("change", () => {
      const spanMs = Number(zoom.value) * 1000 || review.endMs;
      look(startMs(review.frame) - spanMs / 2, spanMs);
      draw();
    });
    new ResizeObserver(resize).observe(element);
    resize();
  }

  review.onShow((k) => {
    element.setAttribute("aria-valuemax", Math.max(0, review.count - 1));
    element.setAttribute("aria-valuenow", k);
    element.setAttribute("aria-valuetext", `frame ${review.frameIndex[k]}`);
    if (!width) return;
    const spanMs = view.toMs - view.fromMs;
    if (startMs(k) < view.fromMs || startMs(k) >= view.toMs) look(startMs(k) - spanMs / 10, spanMs);
    draw();
  });
  shown.onChange(() => { if (width) resize(); });
  return {
    listen,
    mark(frames) { range = frames; if (width) draw(); },
  };
})();
