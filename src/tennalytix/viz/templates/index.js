"use strict";
(() => {
  const table = document.querySelector("table.clips");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const compareText = new Intl.Collator("en", { numeric: true }).compare;

  function sortBy(column, ascending) {
    const value = (row) => row.cells[column].dataset.value;
    const isText = column === 1;
    const order = (a, b) => (isText ? compareText(value(a), value(b)) : Number(value(a)) - Number(value(b)));
    rows.sort((a, b) => (ascending ? 1 : -1) * order(a, b));
    body.append(...rows);
    for (const [k, head] of Array.from(table.tHead.rows[0].cells).entries()) {
      if (k === column) head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  for (const [column, head] of Array.from(table.tHead.rows[0].cells).entries()) {
    if (!head.classList.contains("sortable")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.append(button);
    button.addEventListener("click", () => {
      const sorted = head.getAttribute("aria-sort");
      const first = head.cellIndex !== rows[0]?.cells.length - 1; // warnings: the most first
      sortBy(column, sorted ? sorted === "descending" : first);
    });
  }

  const nameFilter = document.getElementById("name-filter");
  const warningFilter = document.getElementById("warning-filter");
  function filter() {
    const wanted = nameFilter.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const matches = row.cells[1].dataset.value.toLowerCase().includes(wanted);
      const warned = Number(row.cells[row.cells.length - 1].dataset.value) > 0;
      row.hidden = !matches || (warningFilter.checked && !warned);
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("shown").textContent = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
    document.getElementById("empty").hidden = shown > 0;
  }
  nameFilter.addEventListener("input", filter);
  warningFilter.addEventListener("change", filter);
  document.querySelector(".filters").hidden = false;
  filter(); // a browser may restore what was typed

  // A picture that is not there leaves an empty frame rather than a broken sign.
  const hide = (image) => { image.style.visibility = "hidden"; };
  for (const image of table.querySelectorAll("img")) {
    image.addEventListener("error", () => hide(image));
    if (image.complete && image.naturalWidth === 0 && image.getAttribute("loading") !== "lazy") hide(image);
  }
})();
