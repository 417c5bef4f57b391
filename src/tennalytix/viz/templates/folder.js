// The folder of corrections, where the browser may write: chosen once, by itself or as the one it stands in.
const folder = (() => {
  const name = `${review.data.clip_id}.json`;
  const parts = name.split("/");
  const file = parts.pop();
  const wanted = byId("correction-file").textContent.slice(0, -name.length - 1).split(/[\\/]/).pop();
  let chosen = null;

  // What `get` promises, null where no such thing is there.
  async function found(get) {
    try {
      return await get;
    } catch (error) {
      if (error.name === "NotFoundError") return null;
      throw error;
    }
  }

  async function choose() {
    if (chosen) return;
    const picked = await window.showDirectoryPicker({ id: "tennalytix", mode: "readwrite" });
    chosen = picked.name === wanted ? picked : await found(picked.getDirectoryHandle(wanted));
    if (!chosen) throw new Error(`the folder must be ${wanted} or hold it, got ${picked.name}. Choose again, or download the file.`);
  }

  return {
    // The text of the clip's file, empty where there is none.
    async read() {
      await choose();
      let place = chosen;
      for (const part of parts) place = place && (await found(place.getDirectoryHandle(part)));
      const handle = place && (await found(place.getFileHandle(file)));
      return handle ? (await handle.getFile()).text() : "";
    },
    // Writes it and says where; what fails leaves no empty file.
    async write(text) {
      await choose();
      let place = chosen;
      for (const part of parts) place = await place.getDirectoryHandle(part, { create: true });
      const fresh = !(await found(place.getFileHandle(file)));
      try {
        const stream = await (await place.getFileHandle(file, { create: true })).createWritable();
        await stream.write(text);
        await stream.close();
      } catch (error) {
        if (fresh) await found(place.removeEntry(file));
        throw error;
      }
      return `${chosen.name} as ${name}`;
    },
  };
})();
