// The list of events: each button seeks; in correction mode events are struck out and restored here.
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

(() => {
  const list = byId("events");
  let listed = "";

  function eventRow({ struck, ...event }) {
    const what = event.kind + (event.player ? `, ${event.player}` : "") + (event.mark && !struck ? " (set)" : "");
    const row = element("li", struck ? "struck" : "");
    const go = element("button", "event");
    go.type = "button";
    go.dataset.frame = event.frame;
    const timeS = review.data.start_s + event.timeMs / 1000;
    go.append(
      element("span", `sign ${event.kind}`), element("span", "what", what + (struck ? " (struck out)" : "")),
      element("span", "number", `frame ${review.frameIndex[event.frame]}`), element("span", "number", `${timeS.toFixed(3)} s`),
    );
    go.addEventListener("click", () => picture.seek(event.frame));
    const drop = element("button", "drop", struck ? "Restore" : "Strike out");
    drop.type = "button";
    drop.setAttribute("aria-label", `${drop.textContent} ${what} in frame ${review.frameIndex[event.frame]}`);
    drop.addEventListener("click", () => (struck ? edits.dropEvent(event.mark) : editor.strike(event)));
    row.append(go, drop);
    return row;
  }

  function listEvents() {
    const struck = edits.now.events.filter((e) => e.deleted).map((mark) => ({ ...mark, mark, struck: true, timeMs: review.times[mark.frame] }));
    const all = [...shown.lanes.events, ...struck].sort((a, b) => a.timeMs - b.timeMs);
    const text = JSON.stringify(all.map((e) => [e.kind, e.frame, e.player, Boolean(e.mark), Boolean(e.struck)]));
    if (text === listed) return;
    listed = text;
    list.replaceChildren(...all.map(eventRow));
    byId("no-events").hidden = all.length > 0;
    list.hidden = all.length === 0;
    markEvents();
  }

  let marked = [];
  function markEvents() {
    for (const button of marked) button.removeAttribute("aria-current");
    marked = shown.lanes.events.some((e) => e.frame === review.frame) ? [...list.querySelectorAll(`[data-frame="${review.frame}"]`)] : [];
    for (const button of marked) button.setAttribute("aria-current", "true");
  }

  review.onShow(markEvents);
  shown.onChange(listEvents);
})();
