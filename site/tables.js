// Sorts and filters the tables of the site. Pages say all that they have to say without it.
"use strict";
(() => {
  // A table with more lines than this gets a field that filters them.
  const LINES = 15;

  const language = document.documentElement.lang;
  const words = document.currentScript.dataset;
  const decimal = new Intl.NumberFormat(language).formatToParts(1.5).find((part) => part.type === "decimal").value;
  const collator = new Intl.Collator(language, { numeric: true });

  const number = (text) => {
    const digits = text.replace(/\u2212/g, "-").replace(new RegExp(`[^-0-9${decimal}]`, "g"), "").replace(decimal, ".");
    return /[0-9]/.test(digits) ? Number(digits) : null;
  };

  // What a cell is sorted by; null stands behind all else.
  const key = (cell, numbers) => {
    const time = cell.querySelector("time[datetime]");
    const text = cell.dataset.key ?? (time ? time.dateTime : cell.textContent.trim());
    return numbers ? number(text) : text === "" ? null : text;
  };

  const compare = (a, b) => typeof a === "number" ? a - b : collator.compare(a, b);

  // In reports, what a ranking leaves out stays at its end.
  const lines = (table) => {
    const all = [...table.tBodies[0].rows];
    const more = [];
    while (!table.classList.contains("list") && all.length > 0 && all.at(-1).classList.contains("other")) {
      more.unshift(all.pop());
    }
    return { all, more };
  };

  const order = (table, published, column, numbers, direction) => {
    const { all, more } = published;
    const rows = all.map((row) => ({ row, key: key(row.cells[column], numbers) }));
    if (direction !== "none") {
      const sign = direction === "ascending" ? 1 : -1;
      rows.sort((a, b) => a.key === null || b.key === null
        ? (a.key === null) - (b.key === null)
        : sign * compare(a.key, b.key));
    }
    table.tBodies[0].append(...rows.map((each) => each.row), ...more);
  };

  // Numbers begin with the largest; the third press brings back the order of the page.
  const next = (heading, numbers) => {
    const first = numbers ? "descending" : "ascending";
    const second = numbers ? "ascending" : "descending";
    return { [first]: second, [second]: "none" }[heading.getAttribute("aria-sort")] ?? first;
  };

  const sortable = (table) => {
    const published = lines(table);
    const headings = [...table.tHead.rows[0].cells];
    if (published.all.length < 2) return;
    headings.forEach((heading, column) => {
      if (heading.textContent.trim() === "") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const numbers = heading.classList.contains("n");
        const direction = next(heading, numbers);
        headings.forEach((each) => each.removeAttribute("aria-sort"));
        if (direction !== "none") heading.setAttribute("aria-sort", direction);
        order(table, published, column, numbers, direction);
      });
    });
  };

  const plain = (text) => text.normalize("NFKC").toLocaleLowerCase(language);

  const filterable = (table) => {
    const { all, more } = lines(table);
    if (all.length <= LINES) return;
    const rows = [...all, ...more].map((row) => ({ row, text: plain(row.textContent) }));
    const label = document.createElement("label");
    const field = document.createElement("input");
    const count = document.createElement("output");
    field.type = "search";
    field.autocomplete = "off";
    label.append(words.filter, " ", field);
    field.addEventListener("input", () => {
      const sought = plain(field.value.trim());
      let shown = 0;
      for (const { row, text } of rows) {
        row.hidden = !text.includes(sought);
        shown += !row.hidden;
      }
      count.value = sought === "" ? ""
        : words.shown.replace("{shown}", shown.toLocaleString(language))
          .replace("{all}", rows.length.toLocaleString(language));
    });
    const line = document.createElement("p");
    line.className = "filter";
    line.append(label, " ", count);
    table.closest(".scroll").before(line);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const table of document.querySelectorAll(".scroll > table")) {
      sortable(table);
      filterable(table);
    }
  });
})();
