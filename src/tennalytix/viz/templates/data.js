"use strict";
// The clip as the page got it, and where the page stands. `frame` counts the clip's frames from 0; times are ms from its
// first frame. Columns come as whole numbers, each the difference from the one before it (see review_data.py).
const MISSING = 0, DETECTED = 1, INTERPOLATED = 2, CORRECTED = 3, ABSENT = 4, PENDING = 5;
const STATE_NAMES = ["missing", "detected", "interpolated", "corrected", "not in view (set by hand)", "as found on the next run"];

const review = (() => {
  const data = JSON.parse(document.getElementById("review-data").textContent);
  const count = data.frame_index.length;
  const listeners = [];
  let frame = 0;
  let started = false;

  function column(differences, stride, unit) {
    const whole = new Float64Array(differences);
    for (let k = stride; k < whole.length; k += 1) whole[k] += whole[k - stride];
    return unit === 1 ? whole : whole.map((value) => value / unit);
  }

  // Rows of known entries to one row a frame, NaN where there is none.
  function spread(states, values, stride) {
    const rows = new Float32Array(states.length * stride).fill(NaN);
    let at = 0;
    for (let k = 0; k < states.length; k += 1) {
      if (states[k] === MISSING) continue;
      for (let j = 0; j < stride; j += 1) rows[k * stride + j] = values[at + j];
      at += stride;
    }
    return rows;
  }

  const codes = (letters) => Uint8Array.from(letters, (letter) => "-dic".indexOf(letter));
  const frameIndex = column(data.frame_index, 1, 1);
  const times = column(data.time_ms, 1, 10);
  const repeated = new Set(column(data.repeated, 1, 1));
  const origin = new Int32Array(count); // the frame whose picture each frame shows
  for (let k = 0; k < count; k += 1) origin[k] = k && repeated.has(k) ? origin[k - 1] : k;

  const ballStates = codes(data.ball.states);
  const ball = { states: ballStates, places: spread(ballStates, column(data.ball.xy, 2, 10), 2), stride: 2 };
  const players = data.players.map(({ name, track_id: id, role, states, xyxy }) => {
    const known = codes(states);
    return { name, id, role, key: `${id} ${role}`, states: known, places: spread(known, column(xyxy, 4, 10), 4), stride: 4 };
  });
  const positions = new Map();
  frameIndex.forEach((index, k) => positions.set(index, k));

  // The last frame that starts at `timeMs` or before.
  function frameAt(timeMs) {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle] <= timeMs) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  const steps = times.slice(1).map((time, k) => time - times[k]).sort();
  const usualStepMs = count > 1 ? steps[steps.length >> 1] : 40; // the middle one: a hole is no step
  const endMs = count ? times[count - 1] + usualStepMs : 1;
  const startMs = (k) => (k < count ? times[k] : endMs);
  const clamp = (k) => Math.min(Math.max(k, 0), Math.max(0, count - 1));
  const style = getComputedStyle(document.documentElement);
  const colours = new Map();

  return {
    data, count, endMs, times, frameIndex, origin, ball, players, frameAt, startMs, clamp, column, codes,
    size: { width: data.size_wh[0], height: data.size_wh[1] },
    middleMs: (k) => (startMs(k) + startMs(k + 1)) / 2, // where a player can be sure to be shown that frame
    positionOf: (index) => positions.get(index),
    get frame() { return frame; },
    show(k) {
      const next = clamp(k);
      if (next === frame && started) return;
      started = true;
      frame = next;
      for (const listener of listeners) listener(frame);
    },
    onShow(listener) { listeners.push(listener); },
    colour(name) {
      if (!colours.has(name)) colours.set(name, style.getPropertyValue(`--${name}`).trim());
      return colours.get(name);
    },
  };
})();

const byId = (id) => document.getElementById(id);

// Gives a canvas the size of its place in device pixels; returns a context that draws in CSS pixels.
function sizedContext(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== size[0]) canvas.width = size[0];
  if (canvas.height !== size[1]) canvas.height = size[1];
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(size[0] / width, 0, 0, size[1] / height, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
