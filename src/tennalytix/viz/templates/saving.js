// Corrections go into a file <clip_id>.json: by download, or straight into 05_corrections where the browser may write.
// What is not saved is kept in the browser until it is.
const saving = (() => {
  const { clip_id: clipId } = review.data;
  const draftName = `tennalytix corrections of ${clipId}`;
  const say = (text) => { byId("save-status").textContent = text; };
  const parts = `${clipId}.json`.split("/");
  let folder = null;
  let overwrite = false; // the person has been told that the folder holds other corrections

  const applied = review.data.corrections ? editsFile.read(review.data.corrections) : null;
  const plain = (state) => JSON.stringify(editsFile.write(state));
  let baseline = applied ? plain(applied) : null;

  function store(text) {
    try {
      if (text === null) localStorage.removeItem(draftName);
      else localStorage.setItem(draftName, text);
    } catch { /* a browser that keeps nothing for pages from disk */ }
  }
  function draft() {
    try {
      return localStorage.getItem(draftName);
    } catch {
      return null;
    }
  }

  function saved(text) {
    edits.markSaved();
    baseline = plain(edits.now);
    store(null);
    say(text);
  }

  function download() {
    const address = URL.createObjectURL(new Blob([editsFile.text(edits.now)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = parts[parts.length - 1];
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    saved("Downloaded. Put the file where it says below, then run the command.");
  }

  async function fileIn(root) {
    let place = root;
    for (const part of parts.slice(0, -1)) place = await place.getDirectoryHandle(part, { create: true });
    return place.getFileHandle(parts[parts.length - 1], { create: true });
  }

  function same(text) {
    if (text.trim() === "") return true;
    try {
      return plain(editsFile.read(JSON.parse(text))) === baseline;
    } catch {
      return false;
    }
  }

  async function saveInFolder() {
    try {
      folder = folder || (await window.showDirectoryPicker({ id: "tennalytix", mode: "readwrite" }));
      const file = await fileIn(folder);
      if (!overwrite && !same(await (await file.getFile()).text())) {
        overwrite = true;
        say("The folder holds other corrections of this clip. Load them, or save once more to replace them.");
        return;
      }
      const stream = await file.createWritable();
      await stream.write(editsFile.text(edits.now));
      await stream.close();
      overwrite = false;
      saved(`Saved in ${folder.name} as ${clipId}.json. Now run the command below.`);
    } catch (error) {
      if (error.name !== "AbortError") say(`Not saved: ${error.message}`);
    }
  }

  function take(text, from) {
    try {
      edits.load(editsFile.read(JSON.parse(text)));
      say(`${from} loaded: ${edits.size} in all.`);
    } catch (error) {
      say(`Not loaded: ${error.message}`);
    }
  }

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
    store(edits.unsaved ? editsFile.text(edits.now) : null);
  });
  window.addEventListener("beforeunload", (event) => { if (edits.unsaved) event.preventDefault(); });

  const kept = draft(); // before the first change clears it
  edits.start(applied);
  if (kept) {
    byId("draft").hidden = false;
    store(kept);
    byId("draft-take").addEventListener("click", () => { take(kept, "Unsaved corrections"); byId("draft").hidden = true; });
    byId("draft-drop").addEventListener("click", () => { store(null); byId("draft").hidden = true; });
  }
  return { download };
})();
