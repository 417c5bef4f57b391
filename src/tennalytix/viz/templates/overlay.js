// What is known of the frame shown, drawn over the video: what was filled in is dashed, what a person set has a white rim.
const overlay = (() => {
  const canvas = byId("overlay");
  const trailMs = 600;
  // No ball crosses the picture's diagonal so often in a second: what does is another ball.
  const fastestDiagonals = 10;
  const eventMs = 500;
  const colours = { near: "#ffa53d", far: "#62c6ff", ball: "#ff5fc0", court: "#ffffff" };
  const show = {};
  let context = null;
  let words = []; // what draws them
  let selected = null; // what the editor has in hand: "ball", a player's key, "court" or null

  function stroke(colour, state, width = 2) {
    context.lineJoin = context.lineCap = "round";
    context.setLineDash([]);
    context.strokeStyle = state === CORRECTED ? "#fff" : "rgba(10, 14, 20, .75)";
    context.lineWidth = width + 2.5;
    if (state !== INTERPOLATED) context.stroke();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(state === INTERPOLATED ? [6, 6] : []);
    context.stroke();
    context.setLineDash([]);
  }

  // Words come last, so that no line runs through them; those said first are on top.
  function text(label, x, y, colour) {
    const alpha = context.globalAlpha;
    words.unshift(() => { context.globalAlpha = alpha; drawText(label, x, y, colour); });
  }

  function drawText(label, x, y, colour) {
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "bottom";
    context.textAlign = "left";
    const width = context.measureText(label).width;
    const left = Math.min(Math.max(x, 2), picture.size.width - width - 8);
    const bottom = Math.max(y, 18);
    context.fillStyle = "rgba(10, 14, 20, .8)";
    context.fillRect(left - 4, bottom - 16, width + 8, 17);
    context.fillStyle = colour;
    context.fillText(label, left, bottom - 1);
  }

  function drawCourt(frame) {
    const view = shown.courtAt(frame);
    if (!view) return;
    context.beginPath();
    for (const [x1, y1, x2, y2] of [...review.data.court_lines_m, [-6.4, 0, 6.4, 0]]) {
      let pen = false;
      for (let k = 0; k <= 6; k += 1) {
        const place = view.toImage([x1 + ((x2 - x1) * k) / 6, y1 + ((y2 - y1) * k) / 6]);
        if (!place) { pen = false; continue; }
        const [x, y] = picture.toScreen(place);
        if (pen) context.lineTo(x, y);
        else context.moveTo(x, y);
        pen = true;
      }
    }
    context.globalAlpha = selected === "court" ? 1 : 0.6;
    context.strokeStyle = colours.court;
    context.lineWidth = 1.2;
    context.stroke();
    context.globalAlpha = 1;
  }

  function drawTrail(frame) {
    const from = review.frameAt(review.times[frame] - trailMs);
    const { states, places } = shown.lanes.ball;
    const fastestPx = (fastestDiagonals / 1000) * Math.hypot(review.size.width, review.size.height);
    context.lineCap = "round";
    context.lineWidth = 2.5;
    context.strokeStyle = colours.ball;
    for (let k = from + 1; k <= frame; k += 1) {
      if (Number.isNaN(places[2 * k]) || Number.isNaN(places[2 * k - 2])) continue;
      const wayPx = Math.hypot(places[2 * k] - places[2 * k - 2], places[2 * k + 1] - places[2 * k - 1]);
      if (wayPx > fastestPx * (review.times[k] - review.times[k - 1])) continue;
      context.globalAlpha = 0.15 + 0.6 * (1 - (review.times[frame] - review.times[k]) / trailMs);
      context.setLineDash(states[k] === INTERPOLATED ? [2, 4] : []);
      context.beginPath();
      context.moveTo(...picture.toScreen([places[2 * k - 2], places[2 * k - 1]]));
      context.lineTo(...picture.toScreen([places[2 * k], places[2 * k + 1]]));
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  function drawBall(frame) {
    const { place, state } = shown.ballAt(frame);
    if (!place) return;
    const [x, y] = picture.toScreen(place);
    context.beginPath();
    context.arc(x, y, selected === "ball" ? 12 : 9, 0, 2 * Math.PI);
    stroke(colours.ball, state);
    if (selected === "ball") {
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 8 * dx, y + 8 * dy);
        context.lineTo(x + 18 * dx, y + 18 * dy);
      }
      stroke(colours.ball, state, 1.5);
    }
  }

  function corners([left, top, right, bottom]) {
    return [...picture.toScreen([left, top]), ...picture.toScreen([right, bottom])];
  }

  function drawPlayer(lane, frame) {
    const { place, state } = shown.playerAt(lane, frame);
    if (!place) return;
    const colour = colours[lane.role];
    const [x1, y1, x2, y2] = corners(place);
    if (show.boxes.checked || selected === lane.key) {
      context.beginPath();
      context.rect(x1, y1, x2 - x1, y2 - y1);
      stroke(colour, state);
      text(lane.name + (state === CORRECTED ? " (set)" : ""), x1, y1 - 4, colour);
    }
    if (show.centres.checked) {
      const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
      context.beginPath();
      context.moveTo(x - 5, y);
      context.lineTo(x + 5, y);
      context.moveTo(x, y - 5);
      context.lineTo(x, y + 5);
      stroke(colour, DETECTED, 1.5);
    }
    if (selected === lane.key) for (const grip of grips(place)) drawGrip(grip, colour);
  }

  // The eight places by which a box is taken: x, y on the stage and which edges move (0 none, 1 left or top, 2 right or bottom).
  function grips(place) {
    const [x1, y1, x2, y2] = corners(place);
    const xs = [[x1, 1], [(x1 + x2) / 2, 0], [x2, 2]];
    const ys = [[y1, 1], [(y1 + y2) / 2, 0], [y2, 2]];
    return xs.flatMap(([x, h]) => ys.map(([y, v]) => ({ x, y, h, v }))).filter(({ h, v }) => h || v);
  }

  function drawGrip({ x, y }, colour) {
    context.fillStyle = "#fff";
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.rect(x - 4, y - 4, 8, 8);
    context.fill();
    context.stroke();
  }

  function drawEvents(frame) {
    for (const event of shown.lanes.events) {
      const age = review.times[frame] - review.times[event.frame];
      if (age < 0 || age > eventMs || !event.xy) continue;
      const [x, y] = picture.toScreen(event.xy);
      context.globalAlpha = 1 - 0.6 * (age / eventMs);
      context.beginPath();
      if (event.kind === "hit") {
        for (let k = 0; k < 4; k += 1) context.lineTo(x + 17 * Math.cos((k * Math.PI) / 2), y + 17 * Math.sin((k * Math.PI) / 2));
        context.closePath();
      } else {
        context.ellipse(x, y, 18, 8, 0, 0, 2 * Math.PI);
      }
      stroke("#fff", event.mark ? CORRECTED : DETECTED, 1.5);
      text(event.kind + (event.player ? `, ${event.player}` : ""), x + 20, y + 8, "#fff");
      context.globalAlpha = 1;
    }
  }

  function drawHandles() {
    for (const [name, xy] of Object.entries(editor.courtPoints())) {
      const [x, y] = picture.toScreen(xy);
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      stroke("#ffe14d", DETECTED, 2);
      text(name.replaceAll("_", " "), x + 12, y, "#ffe14d");
    }
  }

  function draw() {
    if (!picture.size.width || !shown.lanes.ball) return;
    context = sizedContext(canvas, picture.size.width, picture.size.height);
    if (!review.count) return;
    const { frame } = review;
    if (show.court.checked || selected === "court") drawCourt(frame);
    if (show.trail.checked) drawTrail(frame);
    if (show.events.checked) drawEvents(frame);
    for (const lane of shown.lanes.players) drawPlayer(lane, frame);
    if (show.ball.checked || selected === "ball") drawBall(frame);
    if (selected === "court") drawHandles();
    for (const say of words) say();
    words = [];
    context.globalAlpha = 1;
  }

  for (const name of ["boxes", "centres", "ball", "trail", "court", "events"]) {
    show[name] = byId(`show-${name}`);
    show[name].addEventListener("change", draw);
  }
  review.onShow(draw);
  shown.onChange(draw);
  picture.onView(draw);
  return { canvas, draw, grips, select(subject) { selected = subject; draw(); } };
})();
