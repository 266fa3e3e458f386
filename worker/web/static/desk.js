// The page works without this file; with it, files can be dropped, progress is
// live and links are copied by a click.
"use strict";
(() => {
  const announce = (text) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = text;
  };

  // Back and forward may bring a page as it was left: show it as it is now.
  window.addEventListener("pageshow", (e) => {
    if (e.persisted) location.reload();
  });

  // Forms that must be sent once.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (e) => {
      if (form.dataset.sent) return e.preventDefault();
      form.dataset.sent = "yes";
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    });
  }

  // Where a file is dropped, or chosen.
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const input = form.querySelector("input[type=file]");
    const busy = form.querySelector(".busy");
    form.querySelector("[data-plain]").hidden = true;
    form.classList.add("live"); // the whole area takes a click or a file
    const send = () => {
      if (!input.files.length || form.dataset.sent) return;
      form.dataset.sent = "yes";
      form.classList.add("sending");
      busy.textContent = form.dataset.busy;
      busy.hidden = false;
      form.submit();
    };
    input.addEventListener("change", send);
    let depth = 0;
    const holdsFile = (e) => e.dataTransfer && [...e.dataTransfer.types].includes("Files");
    document.addEventListener("dragenter", (e) => {
      if (!holdsFile(e)) return;
      depth++;
      form.classList.add("over");
    });
    document.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (!depth) form.classList.remove("over");
    });
    document.addEventListener("dragover", (e) => {
      if (holdsFile(e)) e.preventDefault();
    });
    document.addEventListener("drop", (e) => {
      if (!holdsFile(e)) return;
      e.preventDefault();
      depth = 0;
      form.classList.remove("over");
      if (!e.dataTransfer.files.length) return;
      const one = new DataTransfer();
      one.items.add(e.dataTransfer.files[0]);
      input.files = one.files;
      send();
    });
  }

  // Progress of an upload.
  for (const part of document.querySelectorAll("[data-progress]")) {
    const find = (name) => part.querySelector(`[data-${name}]`);
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const rows = document.getElementById("rows");
    let loading = false, again = false, spoken = -1;
    const refresh = async () => {
      if (!rows || loading) return void (again = true);
      loading = true;
      again = false;
      try {
        const answer = await fetch(rows.dataset.rows + location.search);
        if (answer.ok && !rows.contains(document.activeElement)) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById("rows");
          if (fresh) rows.replaceChildren(...fresh.childNodes);
        }
      } catch { /* the next message tries again */ }
      setTimeout(() => {
        loading = false;
        if (again) refresh();
      }, 1000);
    };
    const events = new EventSource(part.dataset.progress);
    events.onmessage = (e) => {
      const p = JSON.parse(e.data);
      find("bar").max = p.total;
      find("bar").value = p.answered;
      find("text").textContent = p.text;
      for (const name of ["good", "repeated", "bad", "open"]) find(name).textContent = number.format(p[name]);
      find("trouble").hidden = !p.trouble;
      if (find("trouble").textContent !== (p.trouble || "")) find("trouble").textContent = p.trouble || "";
      const tenth = Math.floor(10 * p.answered / Math.max(p.total, 1));
      if (tenth !== spoken) announce(p.text); // not every number: a screen reader reads them aloud
      spoken = tenth;
      if (!p.done) return refresh();
      events.close();
      announce(part.dataset.done);
      location.reload();
    };
  }

  // Links to copy.
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const field = document.createElement("textarea");
      field.value = button.dataset.copy;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.dataset.was ??= button.textContent;
    button.textContent = button.dataset.copied;
    announce(button.dataset.copied);
    setTimeout(() => { button.textContent = button.dataset.was; }, 2000);
  });

  // What is soon different.
  for (const part of document.querySelectorAll("[data-reload]")) {
    setTimeout(() => location.reload(), 1000 * Number(part.dataset.reload));
  }
})();
