// The pointer on the picture: it drags the ball, a box by its edges or as a whole, the court's corners; it pans and zooms.
(() => {
  const { canvas } = overlay;
  const nearPx = 11; // how close to a grip, CSS pixels; a finger gets twice that
  let move = null; // the drag under way

  const within = (place, [x, y]) => place && x >= place[0] && x <= place[2] && y >= place[1] && y <= place[3];
  const close = (place, at, reach) => {
    const [x, y] = picture.toScreen(place);
    return Math.hypot(x - at[0], y - at[1]) <= reach;
  };

  function grab(at, pixel, reach) {
    const { frame } = review;
    const { subject } = editor;
    if (subject === "ball") {
      const { place } = shown.ballAt(frame);
      const held = place && close(place, at, reach);
      return { kind: "ball", start: held ? place : pixel, place: held ? place : editor.clamped(pixel) };
    }
    if (subject === "court") {
      const points = editor.courtPoints();
      const name = Object.keys(points).find((n) => close(points[n], at, 1.5 * reach));
      return name ? { kind: "court", name, start: points[name], points: { ...points } } : null;
    }
    const lane = shown.lanes.players.find(({ key }) => key === subject);
    const box = shown.playerAt(lane, frame).place;
    if (box) {
      const grip = overlay.grips(box).find(({ x, y }) => Math.hypot(x - at[0], y - at[1]) <= reach);
      if (grip || within(box, pixel)) return { kind: "player", key: subject, start: box, place: box, h: grip ? grip.h : -1, v: grip ? grip.v : -1 };
    }
    const other = shown.lanes.players.find((l) => within(shown.playerAt(l, frame).place, pixel));
    if (other) {
      editor.take(other.key);
      return null;
    }
    return { kind: "player", key: subject, start: [...pixel, ...pixel], place: null, h: 2, v: 2, drawn: true };
  }

  function dragged(drag, dx, dy) {
    if (drag.kind === "ball") return { ...drag, place: editor.clamped([drag.start[0] + dx, drag.start[1] + dy]) };
    if (drag.kind === "court") {
      return { ...drag, points: { ...drag.points, [drag.name]: editor.clamped([drag.start[0] + dx, drag.start[1] + dy]) } };
    }
    const [x1, y1, x2, y2] = drag.start;
    if (drag.h < 0) return { ...drag, place: editor.clampBox([x1 + dx, y1 + dy, x2 + dx, y2 + dy]) };
    const xs = [x1 + (drag.h === 1 ? dx : 0), x2 + (drag.h === 2 ? dx : 0)].sort((a, b) => a - b);
    const ys = [y1 + (drag.v === 1 ? dy : 0), y2 + (drag.v === 2 ? dy : 0)].sort((a, b) => a - b);
    return { ...drag, place: editor.clampBox([xs[0], ys[0], Math.max(xs[1], xs[0] + 2), Math.max(ys[1], ys[0] + 2)]) };
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
    const panning = !editor.on || event.shiftKey || event.button === 1;
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
    if (pan && !far && keep && !editor.on && event.button === 0) picture.togglePlay();
    else if (drag && keep) commit(drag);
    overlay.draw();
  }
  canvas.addEventListener("pointerup", (event) => letGo(event, true));
  canvas.addEventListener("pointercancel", (event) => letGo(event, false));
  canvas.addEventListener("wheel", (event) => {
    if (!editor.on && !event.ctrlKey && picture.view.zoom === 1) return; // the page scrolls
    event.preventDefault();
    picture.zoomBy(Math.exp(-event.deltaY / 400), placeOn(event));
  }, { passive: false });
})();
