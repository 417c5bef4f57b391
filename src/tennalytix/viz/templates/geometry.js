// Pixels to metres on the ground and back: a homography behind a lens with one radial term, as in core/court_view.py.
const geometry = (() => {
  // The 3x3 matrix, by rows, that takes four points to four others.
  function homography(from, to) {
    const rows = [];
    from.forEach(([x, y], k) => {
      const [u, v] = to[k];
      rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
    });
    for (let c = 0; c < 8; c += 1) {
      let best = c;
      for (let r = c + 1; r < 8; r += 1) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
      if (Math.abs(rows[best][c]) < 1e-12) return null;
      [rows[c], rows[best]] = [rows[best], rows[c]];
      for (let r = 0; r < 8; r += 1) {
        if (r === c) continue;
        const factor = rows[r][c] / rows[c][c];
        for (let j = c; j < 9; j += 1) rows[r][j] -= factor * rows[c][j];
      }
    }
    return [...rows.map((row, k) => row[8] / row[k]), 1];
  }

  const depth = (m, [x, y]) => m[6] * x + m[7] * y + m[8];
  const apply = (m, [x, y]) => {
    const w = depth(m, [x, y]);
    return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
  };

  function undistort(lens, [x, y]) {
    if (!lens || !lens.k1) return [x, y];
    const dx = x - lens.centre[0];
    const dy = y - lens.centre[1];
    const scale = 1 + (lens.k1 * (dx * dx + dy * dy)) / lens.radius_px ** 2;
    return [lens.centre[0] + dx * scale, lens.centre[1] + dy * scale];
  }

  // By Newton's method on the radius.
  function distort(lens, [x, y]) {
    if (!lens || !lens.k1) return [x, y];
    const dx = x - lens.centre[0];
    const dy = y - lens.centre[1];
    const target = Math.hypot(dx, dy) / lens.radius_px;
    if (target < 1e-12) return [x, y];
    const fold = lens.k1 < 0 ? Math.sqrt(-1 / (3 * lens.k1)) : Infinity;
    let radius = Math.min(target, 0.99 * fold);
    for (let k = 0; k < 8; k += 1) {
      const slope = Math.max(1 + 3 * lens.k1 * radius * radius, 0.02);
      radius = Math.min(Math.max(radius - (radius + lens.k1 * radius ** 3 - target) / slope, 0), fold);
    }
    const scale = radius / target;
    return [lens.centre[0] + dx * scale, lens.centre[1] + dy * scale];
  }

  // A court from four points: undistorted pixels and metres. Null where no court can look like that.
  function courtView(points, metres, lens) {
    const imageFromCourt = homography(metres, points);
    const courtFromImage = homography(points, metres);
    if (!imageFromCourt || !courtFromImage) return null;
    return {
      toImage(place) { // null behind the camera
        const w = depth(imageFromCourt, place) * imageFromCourt[8];
        return w > 0 ? distort(lens, apply(imageFromCourt, place)) : null;
      },
      toCourt: (xy) => apply(courtFromImage, undistort(lens, xy)),
    };
  }

  return { courtView, undistort };
})();
