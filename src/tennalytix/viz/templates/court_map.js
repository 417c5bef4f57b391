// The court from above, the camera below: players now and their last 2 s, all bounces, the fresh ones filled.
(() => {
  const canvas = document.getElementById("court-map");
  const halfWidthM = 9;
  const halfLengthM = 18;
  const trailMs = 2000;
  const freshMs = 1500;
  let width = 0;
  let scale = 1;
  let context = null;

  const place = ([xM, yM]) => [
    (Math.min(Math.max(xM, -halfWidthM + 0.4), halfWidthM - 0.4) + halfWidthM) * scale,
    (halfLengthM - Math.min(Math.max(yM, -halfLengthM + 0.4), halfLengthM - 0.4)) * scale,
  ];

  function line(points, colour, lineWidth, dash = []) {
    context.strokeStyle = colour;
    context.lineWidth = lineWidth;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach((point, k) => (k ? context.lineTo(...point) : context.moveTo(...point)));
    context.stroke();
    context.setLineDash([]);
  }

  function drawCourt() {
    context.fillStyle = "#e9ece8";
    context.fillRect(0, 0, width, 2 * halfLengthM * scale);
    const [x1, y1] = place([-5.485, 11.885]);
    const [x2, y2] = place([5.485, -11.885]);
    context.fillStyle = "#fbfcfa";
    context.fillRect(x1, y1, x2 - x1, y2 - y1);
    for (const [ax, ay, bx, by] of review.data.court_lines_m) line([place([ax, ay]), place([bx, by])], "#7d858f", 1.2);
    line([place([-6.4, 0]), place([6.4, 0])], "#1b1f24", 2.5);
    context.fillStyle = "#5a6270";
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillText("far", width / 2, 16);
    context.fillText("near", width / 2, 2 * halfLengthM * scale - 8);
  }

  function groundOf({ xy, frame }) {
    const view = xy && shown.courtAt(frame);
    return view ? view.toCourt(xy) : null;
  }

  function drawBounces(nowMs) {
    for (const event of shown.lanes.events) {
      if (event.kind !== "bounce") continue;
      const ground = event.courtXy || groundOf(event);
      if (!ground) continue;
      const age = nowMs - event.timeMs;
      const fresh = age >= -20 && age < freshMs;
      context.beginPath();
      context.arc(...place(ground), fresh ? 5.5 : 3.5, 0, 2 * Math.PI);
      context.lineWidth = 1.5;
      context.strokeStyle = review.colour("ball");
      context.fillStyle = fresh ? review.colour("ball") : "rgba(255, 255, 255, .7)";
      context.globalAlpha = fresh || age < 0 ? 1 : 0.75;
      context.fill();
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  function drawTrail(player, frame, colour) {
    const { times } = review;
    let points = [];
    for (let k = review.frameAt(times[frame] - trailMs); k <= frame; k += 1) {
      const xy = shown.feetAt(player, k);
      if (xy) points.push(place(xy));
      if ((!xy || k === frame) && points.length) {
        line(points, colour, 1.5);
        points = [];
      }
    }
  }

  function drawPlayer(player, frame) {
    const colour = review.colour(player.role);
    context.globalAlpha = 0.55;
    drawTrail(player, frame, colour);
    context.globalAlpha = 1;
    const xy = shown.feetAt(player, frame);
    if (!xy) return;
    const [px, py] = place(xy);
    const filledIn = player.states[frame] === INTERPOLATED;
    context.beginPath();
    context.arc(px, py, 9, 0, 2 * Math.PI);
    context.fillStyle = filledIn ? "#fff" : colour;
    context.fill();
    context.strokeStyle = filledIn ? colour : "#fff";
    context.lineWidth = 2;
    context.setLineDash(filledIn ? [3, 3] : []);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = filledIn ? colour : "#fff";
    context.font = "bold 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(player.role === "near" ? "N" : "F", px, py + 0.5);
    context.textBaseline = "alphabetic";
  }

  function describe(frame) {
    const parts = shown.lanes.players.map((player) => {
      const xy = shown.feetAt(player, frame);
      return `${player.name}: ${xy ? `${xy[0].toFixed(1)} m, ${xy[1].toFixed(1)} m` : "not known"}`;
    });
    canvas.setAttribute("aria-label", `Court from above. ${parts.join(". ")}`);
  }

  function draw(frame) {
    if (!width || !shown.lanes.ball) return;
    context = sizedContext(canvas, width, 2 * halfLengthM * scale);
    drawCourt();
    drawBounces(review.count ? review.times[frame] : 0);
    if (!review.count) return;
    for (const player of shown.lanes.players) drawPlayer(player, frame);
    describe(frame);
  }

  review.onShow(draw);
  shown.onChange(() => draw(review.frame));
  new ResizeObserver(() => {
    const next = canvas.clientWidth;
    if (next === width) return;
    width = next;
    scale = width / (2 * halfWidthM);
    draw(review.frame);
  }).observe(canvas);
})();
