// The video, the frame it shows, and the zoom. A seek goes to the middle of a frame's time, so the frame is exact; one
// seek is under way at a time, and the overlay does not wait for it. `data-presented` on the stage is the frame that the
// video really shows. All of it works without the video.
const picture = (() => {
  const stage = byId("stage");
  const video = byId("video");
  const view = { zoom: 1, x: 0, y: 0 }; // the picture's upper left corner on the stage, CSS pixels
  const listeners = [];
  const size = { width: 1, height: 1 };
  let works = true;
  let wanted = 0;
  let presented = -1;
  let soughtS = null; // where the last seek went

  const unit = () => [(size.width / review.size.width) * view.zoom, (size.height / review.size.height) * view.zoom];
  function toScreen([x, y]) {
    const [ux, uy] = unit();
    return [(x + 0.5) * ux + view.x, (y + 0.5) * uy + view.y];
  }
  function toPixel([x, y]) {
    const [ux, uy] = unit();
    return [(x - view.x) / ux - 0.5, (y - view.y) / uy - 0.5];
  }

  function tell() {
    for (const listener of listeners) listener();
  }

  function look(zoom, x, y) {
    view.zoom = Math.min(Math.max(zoom, 1), 16);
    view.x = Math.min(0, Math.max(size.width * (1 - view.zoom), x));
    view.y = Math.min(0, Math.max(size.height * (1 - view.zoom), y));
    video.style.transform = view.zoom === 1 ? "" : `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
    byId("zoom-out").disabled = byId("zoom-fit").disabled = view.zoom === 1;
    stage.classList.toggle("zoomed", view.zoom > 1);
    tell();
  }

  // Zooms about a place on the stage, the middle if none is given.
  function zoomBy(factor, [x, y] = [size.width / 2, size.height / 2]) {
    const zoom = Math.min(Math.max(view.zoom * factor, 1), 16);
    const ratio = zoom / view.zoom;
    look(zoom, x - (x - view.x) * ratio, y - (y - view.y) * ratio);
  }

  function centreOn(place, zoom) {
    const [ux, uy] = [(size.width / review.size.width) * zoom, (size.height / review.size.height) * zoom];
    look(zoom, size.width / 2 - (place[0] + 0.5) * ux, size.height / 2 - (place[1] + 0.5) * uy);
  }

  // --- the video ---
  function note(k) {
    presented = k;
    stage.dataset.presented = k;
  }

  // No seek arrives beyond the file's end, which may come before the middle of the last frame.
  const placeS = () => Math.min(review.middleMs(wanted) / 1000, video.duration - 0.001);

  function go() {
    if (!works || video.readyState === 0) return;
    soughtS = placeS();
    video.currentTime = soughtS;
  }

  function seek(frame) {
    wanted = review.clamp(frame);
    if (works && !video.paused) video.pause();
    review.show(wanted);
    if (works && !video.seeking) go();
  }

  function togglePlay() {
    if (!works) return;
    if (!video.paused) {
      video.pause();
      seek(review.frame);
      return;
    }
    if (video.ended || review.frame >= review.count - 1) {
      soughtS = null;
      video.currentTime = 0;
    }
    video.play().catch(() => {});
  }

  function tick(timeS) {
    const k = review.frameAt(timeS * 1000 + 1); // a frame tells its own time
    if (!video.seeking && !video.paused) review.show(k);
    note(k);
  }
  if (video.requestVideoFrameCallback) {
    const again = (_now, frame) => {
      tick(frame.mediaTime);
      video.requestVideoFrameCallback(again);
    };
    video.requestVideoFrameCallback(again);
  } else {
    const again = () => {
      tick(video.currentTime);
      requestAnimationFrame(again);
    };
    requestAnimationFrame(again);
  }
  video.addEventListener("seeked", () => {
    if (video.paused && placeS() !== soughtS) go(); // another frame was asked for meanwhile; no place is tried twice
  });
  video.addEventListener("loadeddata", () => { if (video.paused) go(); });
  video.addEventListener("ended", () => seek(review.count - 1));
  for (const name of ["play", "pause", "ended"]) {
    video.addEventListener(name, () => { byId("play").textContent = video.paused ? "Play" : "Pause"; });
  }

  function noVideo() {
    works = false;
    byId("play").disabled = byId("speed").disabled = true;
    byId("video-missing").hidden = false;
    video.hidden = true;
  }
  video.addEventListener("error", noVideo);
  if (video.error) noVideo();
  byId("speed").addEventListener("change", (event) => { video.playbackRate = Number(event.target.value); });

  new ResizeObserver(() => {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!width || !height) return;
    const [rx, ry] = [width / size.width, height / size.height];
    [size.width, size.height] = [width, height];
    look(view.zoom, view.x * rx, view.y * ry);
  }).observe(stage);

  return {
    stage, size, view, toScreen, toPixel, look, zoomBy, centreOn, seek, togglePlay, unit,
    onView(listener) { listeners.push(listener); },
    get playing() { return works && !video.paused; },
    get presented() { return presented; },
    get settled() { return !works || (presented === review.frame && !video.seeking); },
  };
})();
