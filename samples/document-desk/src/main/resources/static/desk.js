// The desk's page. Texts of documents and answers become text nodes, never markup.
"use strict";

const byId = (id) => document.getElementById(id);
const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const MAX_BYTES = 20 * 1024 * 1024;

let current = null;
let following = null;
let running = null;

async function call(path, options = {}) {
    const headers = { ...options.headers, [meta("csrf-header")]: meta("csrf-token") };
    const response = await fetch(path, { ...options, headers });
    if (response.status === 401 || response.redirected) {
        location.assign("/login");
        throw new Error("Your session is over");
    }
    if (!response.ok) {
        const problem = await response.json().catch(() => ({}));
        const error = new Error(problem.detail || `The server answered ${response.status}`);
        error.status = response.status;
        throw error;
    }
    return response;
}

function notice(text) {
    byId("notice").textContent = text;
}

function element(tag, text, className) {
    const node = document.createElement(tag);
    node.textContent = text;
    if (className) {
        node.className = className;
    }
    return node;
}

const number = (value) => value.toLocaleString("en");

function stateOf(item) {
    switch (item.state) {
        case "READY":
            return `${number(item.tokens)} tokens read`;
        case "FAILED":
            return "could not be read";
        default:
            return "being read";
    }
}

async function list() {
    const documents = await (await call("/api/documents")).json();
    byId("documents").replaceChildren(
        ...documents.map((item) => {
            const button = element("button", item.name);
            button.type = "button";
            button.append(element("small", stateOf(item)));
            if (current && current.id === item.id) {
                button.setAttribute("aria-current", "true");
            }
            button.addEventListener("click", () => open(item));
            const entry = document.createElement("li");
            entry.append(button);
            return entry;
        }),
    );
    byId("none").hidden = documents.length > 0;
    return documents;
}

async function upload(file) {
    notice("");
    if (file.size > MAX_BYTES) {
        notice("This file is larger than the desk takes");
        return;
    }
    const form = new FormData();
    form.append("file", file);
    try {
        open(await (await call("/api/documents", { method: "POST", body: form })).json());
    } catch (error) {
        notice(error.message);
    } finally {
        byId("upload").reset();
    }
}

function open(item) {
    if (running) {
        running.abort();
    }
    if (following) {
        following.close();
    }
    current = item;
    byId("choose").hidden = true;
    byId("open").hidden = false;
    byId("answers").replaceChildren();
    show();
    list().catch((error) => notice(error.message));
    if (item.state === "READING") {
        follow(item);
    }
    byId("document").focus({ preventScroll: true });
}

function show() {
    byId("name").textContent = current.name;
    byId("facts").textContent =
        `${number(current.bytes)} bytes, ${number(current.characters)} characters of text` +
        (current.tokens ? `, ${number(current.tokens)} tokens` : "") +
        (current.message ? `. ${current.message}` : "");
    byId("reading").hidden = current.state !== "READING";
    byId("tools").hidden = current.state !== "READY";
    if (current.state === "READY") {
        heat(true).catch((error) => notice(error.message));
    }
}

function follow(item) {
    if (following) {
        following.close();
    }
    following = new EventSource(`/api/documents/${item.id}/progress`);
    // Refused for good, where a lost connection would be tried again: the list tells why.
    following.addEventListener("error", (event) => {
        if (event.target.readyState === EventSource.CLOSED) {
            refresh(item.id);
        }
    });
    following.addEventListener("progress", (event) => {
        const now = JSON.parse(event.data);
        if (now.state !== "READING") {
            event.target.close();
            refresh(item.id);
        } else if (isOpen(item.id)) {
            byId("bar").max = Math.max(1, now.tokens);
            byId("bar").value = now.read;
            byId("progress").textContent = now.tokens
                ? `${number(now.read)} of ${number(now.tokens)} tokens read, ${number(now.entries)} entries kept, ` +
                  `${Math.round(now.tokensPerSecond)} tokens per second`
                : "Waiting for its turn";
        }
    });
}

const isOpen = (id) => current !== null && current.id === id;

/** Shows a document anew that is open, as the server knows it now. */
async function refresh(id) {
    try {
        const found = (await list()).find((item) => item.id === id);
        if (found && isOpen(id)) {
            current = found;
            show();
            if (found.state === "READING") {
                follow(found);
            }
        }
    } catch (error) {
        notice(error.message);
    }
}

async function* events(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
        const { value, done } = await reader.read();
        if (done) {
            return;
        }
        rest += value;
        for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
            const lines = rest.slice(0, end).split("\n");
            rest = rest.slice(end + 2);
            const field = (name) =>
                lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1)).join("\n");
            if (field("event")) {
                yield { name: field("event").trim(), data: JSON.parse(field("data")) };
            }
        }
    }
}

async function ask(question) {
    const { id } = current;
    const exchange = element("div", "", "exchange");
    const answer = element("p", "", "answer");
    const end = element("p", "", "hint");
    exchange.append(element("p", question, "asked"), answer, end);
    // Read aloud as a whole, when it is complete.
    exchange.setAttribute("aria-busy", "true");
    byId("answers").prepend(exchange);
    const mine = new AbortController();
    running = mine;
    byId("send").disabled = true;
    byId("stop").disabled = false;
    try {
        const response = await call(`/api/documents/${id}/questions`, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ question }),
            signal: mine.signal,
        });
        for await (const event of events(response)) {
            if (event.name === "text") {
                answer.textContent = (answer.textContent + event.data.text).trimStart();
            } else if (event.name === "done") {
                end.textContent = `${number(event.data.tokens)} tokens`;
            } else if (event.name === "failure") {
                end.textContent = event.data.message;
            }
        }
    } catch (error) {
        end.textContent = error.name === "AbortError" ? "Stopped" : error.message;
        if (error.status === 409) {
            refresh(id);
        }
    } finally {
        exchange.removeAttribute("aria-busy");
        running = null;
        byId("send").disabled = false;
        byId("stop").disabled = true;
    }
}

function options(select, count, name) {
    const all = new Option(`all ${name}s`, "-1");
    select.replaceChildren(all, ...Array.from({ length: count }, (_, i) => new Option(`${name} ${i}`, String(i))));
}

async function heat(anew) {
    const choice = anew ? "layer=-1&head=-1" : `layer=${byId("layer").value}&head=${byId("head").value}`;
    const { id } = current;
    const path = `/api/documents/${id}`;
    const map = await (await call(`${path}/heat?${choice}`)).json();
    if (!isOpen(id)) {
        return;
    }
    if (anew) {
        options(byId("layer"), map.layers, "layer");
        options(byId("head"), map.heads, "head");
    }
    byId("png").href = `${path}/heat.png?${choice}`;
    byId("svg").href = `${path}/heat.svg?${choice}`;
    byId("passages").replaceChildren(
        ...map.cells.map((cell) => {
            const passage = element("span", cell.text, `shade-${Math.round(10 * cell.share)}`);
            passage.title = `${Math.round(100 * cell.share)} % kept`;
            return passage;
        }),
    );
}

byId("file").addEventListener("change", (event) => event.target.files.length && upload(event.target.files[0]));
const drop = byId("upload");
drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) {
        upload(event.dataTransfer.files[0]);
    }
});
byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const question = byId("question").value.trim();
    if (question && !running) {
        byId("question").value = "";
        ask(question);
    }
});
byId("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        byId("ask").requestSubmit();
    }
});
byId("stop").addEventListener("click", () => running && running.abort());
for (const id of ["layer", "head"]) {
    byId(id).addEventListener("change", () => heat(false).catch((error) => notice(error.message)));
}
byId("remove").addEventListener("click", async () => {
    try {
        const { id } = current;
        if (running) {
            running.abort();
        }
        await call(`/api/documents/${id}`, { method: "DELETE" });
        current = null;
        byId("open").hidden = true;
        byId("choose").hidden = false;
        await list();
    } catch (error) {
        notice(error.message);
    }
});
list().catch((error) => notice(error.message));
