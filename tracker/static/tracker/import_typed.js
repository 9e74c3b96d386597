// Keeps in this tab what is typed on the import desk and not saved yet, with what the row had shown then: a session that ended
// meanwhile costs nobody his words, and what others saved of the same row since is told when it is sent. Nothing leaves the browser.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("import-form");
  const address = new URL(location.href);
  const slot = `duban-import:${location.pathname}:${form.elements.namedItem("page").value}`;
  const person = form.dataset.typist;

  const read = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(slot));
      return kept?.person === person ? kept : null;
    } catch {
      return null;
    }
  };
  const write = (kept) => {
    try {
      if (kept) sessionStorage.setItem(slot, JSON.stringify(kept));
      else sessionStorage.removeItem(slot);
    } catch {
      // No storage here, or a full one: the desk works as without this file.
    }
  };

  const fields = () =>
    // Unknown units change their places once one of them is settled; what has to be said twice is said anew each time.
    [...form.elements].filter((field) => field.name && !field.name.startsWith("unit-") && field.name !== "removes" && !["hidden", "file", "submit", "button"].includes(field.type));
  const value = (field) => (field.type === "checkbox" ? field.checked : field.value);
  const first = (field) => {
    if (field.type === "checkbox") return field.defaultChecked;
    if (field.options) return [...field.options].find((option) => option.defaultSelected)?.value ?? field.options[0]?.value;
    return field.defaultValue;
  };
  // What tells the server how the field's row, or the field itself, was shown.
  const shownWith = (name) => {
    const row = name.slice(name.indexOf("-") + 1);
    return (name.includes("-") ? [`shown-${row}`, `was-${row}`] : [`shown-${name}`]).filter((hidden) =>
      form.elements.namedItem(hidden),
    );
  };

  // The server sends back the key of the form that it saved.
  const saved = address.searchParams.get("saved");
  if (saved) {
    if (read()?.key === saved) write(null);
    address.searchParams.delete("saved");
    history.replaceState(null, "", address);
  }
  const kept = read() ?? { person, values: {}, bases: {} };
  kept.key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.elements.namedItem("typed").value = kept.key;

  if ("fresh" in form.dataset) {
    let again = false;
    for (const field of fields()) {
      const was = kept.values[field.name];
      if (was === undefined || was === value(field)) continue;
      if (field.options && ![...field.options].some((option) => option.value === was)) continue;
      if (field.type === "checkbox") field.checked = was;
      else field.value = was;
      for (const hidden of shownWith(field.name)) {
        if (kept.bases[hidden] !== undefined) form.elements.namedItem(hidden).value = kept.bases[hidden];
      }
      again = true;
    }
    if (again) {
      form.querySelector(".typed-again").hidden = false;
      form.dispatchEvent(new CustomEvent("restored"));
    } else {
      write(null);
      kept.values = {};
      kept.bases = {};
    }
  }

  const keep = () => {
    for (const field of fields()) {
      if (value(field) === first(field)) {
        delete kept.values[field.name];
        continue;
      }
      kept.values[field.name] = value(field);
      for (const hidden of shownWith(field.name)) kept.bases[hidden] = form.elements.namedItem(hidden).value;
    }
    write(kept);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", keep);
  form.addEventListener("sent", () => write(null));
  form.querySelector(".typed-away").addEventListener("click", () => {
    write(null);
    form.dispatchEvent(new CustomEvent("leaving"));
  });
});
