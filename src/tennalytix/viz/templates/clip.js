// Ties the video, the controls, the timeline and the readout together. The frame shown leads; the video follows a seek
// and leads while it plays. All of it works without the video.
(() => {
  const video = document.getElementById("video");
  const byId = (id) => document.getElementById(id);
  const STATE_NAMES = { d: "detected", i: "interpolated", c: "corrected", "-": "missing" };
  let videoWorks = true;

  function seek(frame) {
    const target = review.clamp(frame);
    if (videoWorks) {
      video.pause();
      video.currentTime = review.middleMs(target) / 1000;
    }
    review.show(target);
  }

  function seekEvent(direction) {
    const frames = review.events.map((event) => event.frame);
    const found = direction > 0 ? frames.find((f) => f > review.frame) : frames.reverse().find((f) => f < review.frame);
    if (found !== undefined) seek(found);
  }

  function togglePlay() {
    if (!videoWorks) return;
    if (video.paused) {
      if (video.ended || review.frame >= review.count - 1) video.currentTime = 0;
      video.play().catch(() => {});
    } else {
      video.pause();
      seek(review.frame);
    }
  }

  // While it plays, the frame on the screen tells its own time.
  function follow(timeS) {
    if (!video.seeking && !video.paused) review.show(review.frameAt(timeS * 1000 + 1));
  }
  if (video.requestVideoFrameCallback) {
    const tick = (_now, shown) => {
      follow(shown.mediaTime);
      video.requestVideoFrameCallback(tick);
    };
    video.requestVideoFrameCallback(tick);
  } else {
    const tick = () => {
      follow(video.currentTime);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }
  video.addEventListener("ended", () => review.show(review.count - 1));
  for (const name of ["play", "pause", "ended"]) {
    video.addEventListener(name, () => { byId("play").textContent = video.paused ? "Play" : "Pause"; });
  }
  video.addEventListener("click", togglePlay);
  function noVideo() {
    videoWorks = false;
    byId("play").disabled = byId("speed").disabled = true;
    byId("video-missing").hidden = false;
    video.hidden = true;
  }
  video.addEventListener("error", noVideo);
  if (video.error) noVideo();

  const buttons = {
    "event-back": () => seekEvent(-1), "step-back-10": () => seek(review.frame - 10), "step-back": () => seek(review.frame - 1),
    play: togglePlay, "step-on": () => seek(review.frame + 1), "step-on-10": () => seek(review.frame + 10),
    "event-on": () => seekEvent(1),
  };
  for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);
  byId("speed").addEventListener("change", (event) => { video.playbackRate = Number(event.target.value); });

  const eventButtons = new Map(); // by frame
  let current = [];
  for (const button of document.querySelectorAll("button.event")) {
    const frame = review.positionOf(Number(button.dataset.frame));
    if (frame === undefined) continue;
    eventButtons.set(frame, (eventButtons.get(frame) || []).concat(button));
    button.addEventListener("click", () => seek(frame));
  }

  function markEvents(frame) {
    for (const button of current) button.removeAttribute("aria-current");
    current = eventButtons.get(frame) || [];
    for (const button of current) button.setAttribute("aria-current", "true");
  }

  const keys = {
    " ": togglePlay, ArrowLeft: (big) => seek(review.frame - (big ? 10 : 1)), ArrowRight: (big) => seek(review.frame + (big ? 10 : 1)),
    "[": () => seekEvent(-1), "]": () => seekEvent(1), Home: () => seek(0), End: () => seek(review.count - 1),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("select, input, textarea");
    const pressing = event.key === " " && event.target.closest("button, a");
    if (!keys[event.key] || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key](event.shiftKey);
  });

  function addPart(name, value) {
    const part = document.createElement("span");
    const strong = document.createElement("b");
    strong.textContent = name;
    part.append(strong, ` ${value}`);
    byId("readout").append(part);
  }

  function read(frame) {
    const { data } = review;
    byId("readout").textContent = "";
    if (!review.count) {
      addPart("No frames", "");
      return;
    }
    addPart("Frame", data.frame_index[frame]);
    addPart("Time", `${(data.start_s + data.time_ms[frame] / 1000).toFixed(3)} s`);
    const ball = data.ball.xy[frame];
    addPart("Ball", STATE_NAMES[data.ball.states[frame]] + (ball ? ` at ${ball[0].toFixed(1)}, ${ball[1].toFixed(1)} px` : ""));
    for (const player of data.players) addPart(player.name, STATE_NAMES[player.states[frame]]);
    markEvents(frame);
  }

  review.onShow(read);
  video.removeAttribute("controls");
  document.querySelector(".controls").hidden = false;
  timeline.listen(seek);
  review.show(0);
})();
