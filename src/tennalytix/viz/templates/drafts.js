// Corrections that no run has taken up, kept in this browser. Pages from disk all share one store, so their names hold the
// page's path; every visit has its own, so that none is written over before somebody has looked at it.
const drafts = (() => {
  const start = `tennalytix corrections of ${location.pathname} `;
  let own = start + Date.now();

  return {
    // Those of other visits, newest first: name, text, and when the visit began.
    others() {
      try {
        const names = Object.keys(localStorage).filter((name) => name.startsWith(start) && name !== own);
        return names.sort().reverse().map((name) => ({ name, text: localStorage.getItem(name), timeMs: Number(name.slice(start.length)) }));
      } catch {
        return []; // a browser that keeps nothing for pages from disk
      }
    },
    // Keeps this visit's, nothing if null; whether the browser did.
    keep(text) {
      try {
        if (text === null) localStorage.removeItem(own);
        else localStorage.setItem(own, text);
        return true;
      } catch {
        return false;
      }
    },
    goOnWith(name) { own = name; },
    drop(name) { localStorage.removeItem(name); },
  };
})();
