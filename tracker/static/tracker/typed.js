// Keeps what is typed into a step's form in this tab, so that a session which ended meanwhile costs nobody his words: after
// signing in again the same form comes back filled. Nothing of it leaves the browser, and it goes with the tab.
(() => {
  const PREFIX = "duban-typed:";

  const read = (path) => {
    try {
      return JSON.parse(sessionStorage.getItem(PREFIX + path));
    } catch {
      return null;
    }
  };
  const write = (path, kept) => {
    try {
      sessionStorage.setItem(PREFIX + path, JSON.stringify(kept));
    } catch {
      // No storage here, or a full one: the form works as without this file.
    }
  };
  const forget = (wanted) => {
    try {
      for (const key of Object.keys(sessionStorage)) {
        const path = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : null;
        if (path !== null && wanted(read(path), path)) sessionStorage.removeItem(key);
      }
    } catch {
      // As above.
    }
  };

  const fields = (form) =>
    [...form.elements].filter((field) => field.name && !["hidden", "file", "submit", "button"].includes(field.type));
  const value = (field) =>
    field.multiple
      ? [...field.selectedOptions].map((option) => option.value)
      : ["checkbox", "radio"].includes(field.type)
        ? field.checked
        : field.value;
  const typed = (form) => fields(form).map((field) => [field.name, value(field)]);

  const fill = (form, values) => {
    fields(form).forEach((field, place) => {
      const [name, was] = values[place] || [];
      if (name !== field.name) return;
      if (field.multiple) for (const option of field.options) option.selected = was.includes(option.value);
      else if (["checkbox", "radio"].includes(field.type)) field.checked = was;
      else field.value = was;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    const here = location.pathname;
    const form = document.querySelector("form[data-person]");
    if (!form) {
      // The step was taken: it leads to the measure's page.
      forget((kept) => kept && kept.sent && kept.back === here);
      return;
    }
    const { person, back, version } = form.dataset;
    forget((kept) => !kept || kept.person !== person);
    const kept = read(here);
    // What overwrites others' work comes back only onto the version about which it was typed.
    if (kept && "fresh" in form.dataset && ("adds" in form.dataset || kept.version === version)) {
      if (JSON.stringify(typed(form)) !== JSON.stringify(kept.values)) {
        fill(form, kept.values);
        form.querySelector(".typed-again").hidden = false;
      }
    }
    const keep = (sent) => write(here, { person, back, version, sent, values: typed(form) });
    form.addEventListener("input", () => keep(false));
    form.addEventListener("change", () => keep(false));
    form.addEventListener("submit", () => keep(true));
    for (const link of form.querySelectorAll(".typed-away")) {
      link.addEventListener("click", () => forget((_kept, path) => path === here));
    }
  });
})();
