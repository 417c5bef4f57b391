// Corrections go into a file <clip_id>.json: by download, or straight into 05_corrections where the browser may write.
// Whether a download arrives no page can tell: a draft is kept until a page shows what stands in it.
const saving = (() => {
  const say = (text) => { byId("save-status").textContent = text; };
  const normal = (text) => editsFile.text(editsFile.read(JSON.parse(text)));
  let overwrite = false; // the person has been told that the folder holds other corrections
  let kept = true; // the browser holds the draft

  // Those that the tracks have; what cannot be used must not take the page with it.
  function applied() {
    try {
      return review.data.corrections ? editsFile.read(review.data.corrections) : null;
    } catch (error) {
      byId("not-applied").hidden = false;
      byId("not-applied").textContent = `The corrections of this clip cannot be shown: ${error.message} What is set here begins without them and replaces them once it is saved.`;
      return null;
    }
  }
  const first = applied();
  const inTracks = editsFile.text(first || edits.now);
  const ours = new Set(first ? [inTracks] : []); // what the folder may hold without being somebody else's

  function same(text) {
    if (text.trim() === "") return true;
    try {
      return ours.has(normal(text));
    } catch {
      return false;
    }
  }

  function saved(state, text) {
    edits.markSaved(state);
    ours.add(editsFile.text(state));
    overwrite = false;
    say(text);
  }

  function download() {
    const address = URL.createObjectURL(new Blob([editsFile.text(edits.now)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${review.data.clip_id}.json`.split("/").pop();
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    const told = "Downloaded. Put the file where it says below, then run the command.";
    if (kept) saved(edits.now, told);
    else say(told);
  }

  async function saveInFolder() {
    try {
      if (!overwrite && !same(await folder.read())) {
        overwrite = true;
        say("The folder holds other corrections of this clip. Load them, or save once more to replace them.");
        return;
      }
      const state = edits.now; // what is set while the browser writes is not saved
      saved(state, `Saved in ${await folder.write(editsFile.text(state))}. Now run the command below.`);
    } catch (error) {
      if (error.name !== "AbortError") say(`Not saved: ${error.message}`);
    }
  }

  // Whether it could be read; `before` is done first if so.
  function take(text, from, before = () => {}) {
    try {
      const state = editsFile.read(JSON.parse(text));
      ours.add(editsFile.text(state));
      before();
      edits.load(state);
      say(`${from} loaded: ${edits.size} in all.`);
      return true;
    } catch (error) {
      say(`Not loaded: ${error.message}`);
      return false;
    }
  }

  // --- drafts of earlier visits, one at a time ---
  function shows({ text }) {
    try {
      return normal(text) === inTracks;
    } catch {
      return false;
    }
  }
  const others = drafts.others();
  const waiting = others.filter((draft) => !shows(draft));
  for (const { name } of others.filter(shows)) drafts.drop(name);
  function offer() {
    byId("draft").hidden = waiting.length === 0;
    byId("draft-why").textContent = "";
    if (waiting.length) byId("draft-when").textContent = new Date(waiting[0].timeMs).toLocaleString();
  }
  byId("draft-take").addEventListener("click", () => {
    const [{ name, text }] = waiting;
    if (!take(text, "Corrections kept here", () => drafts.goOnWith(name))) {
      byId("draft-why").textContent = byId("save-status").textContent; // the tools may be hidden
      return;
    }
    waiting.shift();
    offer();
  });
  byId("draft-drop").addEventListener("click", () => {
    drafts.drop(waiting.shift().name);
    offer();
  });

  async function copy(button) {
    const source = byId(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch { // a browser that lets no page from disk near the clipboard
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: Ctrl C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 4000);
  }
  for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button));

  byId("save").addEventListener("click", download);
  byId("save-folder").hidden = !window.showDirectoryPicker;
  byId("save-folder").addEventListener("click", saveInFolder);
  byId("load").addEventListener("click", () => byId("load-file").click());
  byId("load-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) take(await file.text(), file.name);
    event.target.value = "";
  });

  edits.onChange(() => {
    const count = edits.size === 1 ? "1 correction" : `${edits.size} corrections`;
    byId("edit-count").textContent = edits.unsaved ? `${count}, not saved.` : `${count}.`;
    byId("edit-count").classList.toggle("unsaved", edits.unsaved);
    const text = editsFile.text(edits.now);
    kept = drafts.keep(text === inTracks ? null : text);
  });
  window.addEventListener("beforeunload", (event) => { if (edits.unsaved) event.preventDefault(); });

  edits.start(first);
  offer();
  return { download };
})();
