"use strict";
// What the page shows and where it stands. `frame` counts the clip's frames from 0; times are ms from its first frame.
const review = (() => {
  const data = JSON.parse(document.getElementById("review-data").textContent);
  const times = data.time_ms;
  const count = times.length;
  const listeners = [];
  let frame = 0;

  // The last frame that starts at `time_ms` or before.
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

  const usualStepMs = count > 1 ? (times[count - 1] - times[0]) / (count - 1) : 40;
  const endMs = count ? times[count - 1] + usualStepMs : 1;
  const clamp = (k) => Math.min(Math.max(k, 0), Math.max(0, count - 1));

  // Where a player can be sure to be shown that frame: the middle of its time.
  function middleMs(k) {
    const next = k + 1 < count ? times[k + 1] : endMs;
    return (times[k] + next) / 2;
  }

  const positionOf = new Map(data.frame_index.map((index, k) => [index, k]));
  const events = data.events.map((event) => ({
    ...event,
    frame: positionOf.has(event.frame_index) ? positionOf.get(event.frame_index) : frameAt(event.time_ms),
  }));
  events.sort((a, b) => a.frame - b.frame);

  return {
    data, count, endMs, events, frameAt, middleMs, clamp,
    positionOf: (index) => positionOf.get(index),
    get frame() { return frame; },
    show(k) {
      const next = clamp(k);
      if (next === frame && review.started) return;
      review.started = true;
      frame = next;
      for (const listener of listeners) listener(frame);
    },
    onShow(listener) { listeners.push(listener); },
    started: false,
    colour: (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(),
  };
})();

// Gives a canvas the size of its place in device pixels; returns a context that draws in CSS pixels.
function sizedContext(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return context;
}
