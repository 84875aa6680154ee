// Looks at pages in Chromium: `node pages.mjs FOLDER` reads what to look at from standard input.
//
// One line a page: {"name", "url", "body"?, "shows"?}; `body` is what the page's first form is filled
// in with and sent, by the names of its fields, before anything is looked at; `shows`: a selector of
// what the page draws by itself, which is waited for. Each is looked at in light and dark, 360 pixels wide and 1280, by axe; a picture of each goes into the folder. Printed is a line
// a look: {"name", "scheme", "width", "overflow", "findings"}.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const WIDTHS = [360, 1280];
const SCHEMES = ["light", "dark"];
const PATIENCE_MS = 60_000;
const folder = process.argv[2];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const started = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
  "--hide-scrollbars", `--user-data-dir=${join(folder, "profile")}`, "--remote-debugging-pipe",
];
const browser = spawn(process.env.CHROMIUM ?? "chromium", started, {
  stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
});

let last = 0;
const waiting = new Map();
const heard = new Map();
let rest = "";
browser.stdio[4].setEncoding("utf-8").on("data", (data) => {
  const parts = (rest + data).split("\0");
  rest = parts.pop();
  for (const said of parts.map((part) => JSON.parse(part))) {
    if (said.id) {
      const { done, failed } = waiting.get(said.id);
      waiting.delete(said.id);
      said.error ? failed(new Error(said.error.message)) : done(said.result);
    } else {
      heard.get(said.method)?.();
      heard.delete(said.method);
    }
  }
});

function ask(method, params = {}, sessionId = undefined) {
  const id = ++last;
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return new Promise((done, failed) => waiting.set(id, { done, failed }));
}

function once(method) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`no ${method} in time`)), PATIENCE_MS);
    heard.set(method, () => {
      clearTimeout(late);
      done();
    });
  });
}

const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
const page = (method, params) => ask(method, params, sessionId);
async function valueOf(expression) {
  const asked = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await page("Runtime.evaluate", asked);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "it failed");
  return result.value;
}

const appears = (selector) => `new Promise((done, failed) => {
  const until = Date.now() + ${PATIENCE_MS};
  (function again() {
    if (document.querySelector(${JSON.stringify(selector)})) done();
    else if (Date.now() > until) failed(new Error("nothing appears"));
    else setTimeout(again, 50);
  })();
})`;

async function open(one) {
  let loaded = once("Page.loadEventFired");
  await page("Page.navigate", { url: one.url });
  await loaded;
  if (one.shows) await valueOf(appears(one.shows));
  if (!one.body) return;
  loaded = once("Page.loadEventFired");
  await valueOf(`(() => {
    const form = document.forms[0];
    for (const [name, value] of Object.entries(${JSON.stringify(one.body)}))
      form.elements[name].value = value;
    form.submit();
  })()`);
  await loaded;
}

async function look(one, scheme, width) {
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await page("Emulation.setEmulatedMedia", { features });
  const metrics = { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 };
  await page("Emulation.setDeviceMetricsOverride", metrics);
  await valueOf("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  const findings = JSON.parse(
    await valueOf(`${axe}; axe.run(document).then((found) => JSON.stringify(found.violations.map(
      (one) => ({ id: one.id, help: one.help, at: one.nodes.map((node) => node.html).slice(0, 3) }))))`),
  );
  const overflow = await valueOf("document.documentElement.scrollWidth - window.innerWidth");
  const { data } = await page("Page.captureScreenshot", { captureBeyondViewport: true });
  writeFileSync(join(folder, `${one.name}-${scheme}-${width}.png`), data, "base64");
  console.log(JSON.stringify({ name: one.name, scheme, width, overflow, findings }));
}

try {
  await page("Page.enable");
  for await (const line of createInterface({ input: process.stdin })) {
    const one = JSON.parse(line);
    await open(one);
    for (const scheme of SCHEMES) for (const width of WIDTHS) await look(one, scheme, width);
  }
} finally {
  await ask("Browser.close").catch(() => browser.kill());
}
