// Sends a form in the background and shows how far it is: first the upload, then what the server says it is doing.
// Without this script the same forms are sent as plain ones.
document.addEventListener("DOMContentLoaded", () => {
  const ASK_EVERY_MS = 400;

  const newKey = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);

  const meter = (form) => {
    const box = form.querySelector(".work");
    const words = box.querySelector(".work-words");
    const bar = box.querySelector(".work-bar");
    return {
      // `share` from 0 to 1; left out where nobody can say how much there is still to do.
      show(text, share) {
        box.hidden = false;
        words.textContent = share === undefined ? `${text}…` : `${text}：${Math.floor(share * 100)}%`;
        if (share === undefined) bar.removeAttribute("value");
        else bar.value = share * 100;
      },
      hide() {
        box.hidden = true;
      },
    };
  };

  const clearRefusals = (form) => form.querySelectorAll(".refusal").forEach((old) => old.remove());
  const refusal = (text) => {
    const line = document.createElement("p");
    line.className = "refusal";
    line.setAttribute("role", "alert");
    line.textContent = text;
    return line;
  };
  const labelOf = (form, name) => {
    const input = form.elements.namedItem(name);
    const label = input && (form.querySelector(`label[for="${input.id}"]`) || input.closest("label"));
    const words = label?.textContent.replaceAll("*", "").trim();
    return words ? `${words}：` : "";
  };
  // Errors by field, by measure number, or under "" for the form as a whole.
  const showErrors = (form, errors, offers = {}) => {
    clearRefusals(form);
    const general = form.querySelector(".form-errors");
    for (const [name, found] of Object.entries(errors)) {
      const row = name && document.getElementById(`r${name}`);
      for (const text of [found].flat()) {
        if (row) {
          const line = refusal(text);
          for (const offer of offers[name] || []) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "suggestion";
            button.dataset.fills = JSON.stringify(offer.fill);
            button.textContent = offer.words;
            line.append(" ", button);
          }
          row.querySelector("legend").after(line);
        } else general.append(refusal(name ? labelOf(form, name) + text : text));
      }
    }
    // Part, year and plan may be what helps.
    form.querySelector(".desk-more")?.setAttribute("open", "");
    form.querySelector(".refusal")?.scrollIntoView({ block: "center" });
  };

  const tooLarge = (form) => {
    const most = Number(form.dataset.mostBytes || 0);
    if (!most) return null;
    const sizes = [...form.querySelectorAll("input[type=file]")].flatMap((input) =>
      [...input.files].map((file) => [input.name, file.size]),
    );
    form.querySelectorAll("textarea").forEach((area) => sizes.push([area.name, new Blob([area.value]).size]));
    const found = sizes.find(([, size]) => size > most);
    return found && { [found[0]]: `有${megabytes(found[1])} MB，超过${megabytes(most)} MB的上限。` };
  };

  // Whoever gave up in between may have done all of it or nothing; the server knows which, and never half.
  const unsure = (form) =>
    form.dataset.progressFor
      ? "，还不知道是否已经写入：要么全部写入，要么一项也没有。请刷新本页：已写入的会明确告诉您，没有写入的可以再次确认，已保存的修改都在。"
      : "，文件可能没有读完，没有写入任何事项。请刷新本页：列表中已有这个文件的，直接点开核对；没有的，再上传一次。";

  const busy = (form, on) => {
    form.setAttribute("aria-busy", String(on));
    form.querySelectorAll("button").forEach((button) => (button.disabled = on));
  };

  const send = (form, button) => {
    const wrong = tooLarge(form);
    if (wrong) {
      showErrors(form, wrong);
      return;
    }
    clearRefusals(form);
    const key = newKey();
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    data.append("progress", key);
    const shown = meter(form);
    const request = new XMLHttpRequest();
    let asking = null;
    const stop = () => {
      clearInterval(asking);
      asking = null;
    };
    const ask = async () => {
      const answer = await fetch(form.dataset.progress.replace("KEY", key)).catch(() => null);
      if (asking === null || !answer?.ok) return;
      const noted = await answer.json().catch(() => null);
      if (asking !== null && noted?.stage) {
        shown.show(noted.name, noted.total ? noted.done / noted.total : undefined);
      }
    };
    const give_up = (errors, offers) => {
      stop();
      busy(form, false);
      shown.hide();
      showErrors(form, errors, offers);
    };
    request.upload.addEventListener("progress", (event) => {
      const size = `（${megabytes(event.loaded)} / ${megabytes(event.total)} MB）`;
      shown.show(`正在上传${size}`, event.total ? event.loaded / event.total : undefined);
    });
    request.upload.addEventListener("load", () => {
      shown.show("已上传，等待服务器处理");
      asking = setInterval(ask, ASK_EVERY_MS);
    });
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Signed out meanwhile, or something between here and the server answered with a page of its own.
        if (new URL(request.responseURL).pathname.includes("/login/")) {
          form.dispatchEvent(new CustomEvent("leaving"));
          return location.reload();
        }
        if (request.status >= 500) return give_up({ "": `服务器中途出错（${request.status}）${unsure(form)}` });
        if (request.status === 403) {
          const again = form.elements.namedItem("typed") ? "，您填写的内容会自动恢复。" : "后重新提交。";
          return give_up({ "": `登录状态已变化，没有写入任何内容。请刷新页面${again}` });
        }
        const why = request.status === 413 ? "文件超过服务器允许的大小" : "服务器没有接受";
        return give_up({ "": `${why}（${request.status}），没有写入任何内容。` });
      }
      if (!answer.next) {
        if (answer.version) form.elements.namedItem("version").value = answer.version;
        for (const [name, value] of Object.entries(answer.fields || {})) {
          const field = form.elements.namedItem(name);
          if (field?.type === "checkbox") field.checked = value;
          else if (field) field.value = value;
        }
        return give_up(answer.errors, answer.offers);
      }
      stop();
      shown.show("已完成，正在打开");
      form.dispatchEvent(new CustomEvent("sent"));
      location.assign(answer.next);
    });
    request.addEventListener("error", () => give_up({ "": `与服务器的连接中断${unsure(form)}` }));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    busy(form, true);
    shown.show("正在上传", 0);
    request.send(data);
  };

  document.querySelectorAll("form[data-progress]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      const only = form.dataset.progressFor;
      if (event.defaultPrevented || (only && event.submitter?.value !== only)) return;
      event.preventDefault();
      send(form, event.submitter);
    });
    // Back from the next page: what was shown then is over.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) {
        busy(form, false);
        meter(form).hide();
      }
    });
  });
});
