// docs/accord.postman_collection.json, made of docs/openapi.json; `--check` only compares.
// The same document makes the same bytes: what the converter numbers by chance is left out.
import { readFileSync, writeFileSync } from "node:fs";

// The converter throws dice for a value that no example gives: the dice are loaded before it is.
Math.random = () => 0;
const { default: converter } = await import("openapi-to-postmanv2");

const [SOURCE, TARGET] = ["../docs/openapi.json", "../docs/accord.postman_collection.json"];
const at = (path) => new URL(path, import.meta.url);
const OPTIONS = {
  folderStrategy: "Tags",
  parametersResolution: "Example",
  requestParametersResolution: "Example",
  exampleParametersResolution: "Example",
  includeResponses: false,
  includeDeprecated: true,
  optimizeConversion: false,
};
const document = JSON.parse(readFileSync(at(SOURCE), "utf8"));
// Ids are variables, named by what they name: each answer fills in those that it tells.
const NOUNS = Object.fromEntries(
  Object.entries(document.components.schemas)
    .map(([name, schema]) => [name.match(/^(\w+)Id$/)?.[1], schema.pattern?.match(/^\^([a-z]+)_/)?.[1]])
    .filter(([name, prefix]) => name && prefix)
    .map(([name, prefix]) => [prefix, name.replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase() + "_id"]),
);
const ID = /\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;
const named = (text) => text.replace(ID, (id, prefix) => (NOUNS[prefix] ? `{{${NOUNS[prefix]}}}` : id));
const WORDS = { name: "default", key: "of_ours", version: "1", revision: "1", reference: "BANK-2026-03-31-0042" };
const OTHER_NAMES = { point_id: "contact_point_id" };
const VARIABLES = [
  { key: "baseUrl", value: "http://127.0.0.1:8000" },
  { key: "bearerToken", value: "", description: "An API key: accord keys create." },
  { key: "actor", value: "somebody", description: "Who acts behind the key: your name." },
];
const REMEMBER = [
  `const nouns = ${JSON.stringify(NOUNS)};`,
  "if (pm.response.code < 300) {",
  "  for (const [id, prefix] of pm.response.text().matchAll(/\\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\\b/g)) {",
  "    if (nouns[prefix]) pm.collectionVariables.set(nouns[prefix], id);",
  "  }",
  "}",
  'pm.test("is answered as documented", () => {',
  "  pm.expect(pm.response.code).to.be.below(500);",
  "  pm.expect(pm.response.code).not.to.be.oneOf([400, 401, 403, 405]);",
  "});",
];
const BY_HAND = new Set(["Idempotency-Key", "Accord-Actor", "Accord-Origin", "If-Match"]);

// What a request cannot do without, and a value that would do.
function neededBy(request) {
  const path = "/" + request.url.path.map((part) => part.replace(/^:(.*)$/, "{$1}")).join("/");
  const parameters = document.paths[path]?.[request.method.toLowerCase()]?.parameters ?? [];
  return new Map(
    parameters
      .filter((one) => one.in === "query" && one.required)
      .map((one) => [one.name, one.example ?? one.schema.examples?.[0] ?? one.schema.enum?.[0] ?? ""]),
  );
}

function tidy(item) {
  delete item.id;
  delete item.response;
  delete item.event;
  for (const inner of item.item ?? []) tidy(inner);
  const request = item.request;
  if (!request) return;
  delete request.auth; // as the collection's: the bearer token
  request.header = (request.header ?? []).filter((one) => !BY_HAND.has(one.key));
  if (request.method !== "GET") request.header.push({ key: "Accord-Actor", value: "{{actor}}" });
  if (request.method === "POST") request.header.push({ key: "Idempotency-Key", value: "{{$guid}}" });
  // A list comes once for each value that the converter made up, however many those are.
  const asked = new Map((request.url.query ?? []).map(({ key, description }) => [key, description]));
  const needed = neededBy(request);
  request.url.query = [...asked].map(([key, description]) =>
    needed.has(key)
      ? { key, value: named(String(needed.get(key))), description }
      : { key, value: "", description, disabled: true },
  );
  for (const one of request.url.variable ?? []) {
    delete one.id;
    one.value = WORDS[one.key] ?? `{{${OTHER_NAMES[one.key] ?? one.key}}}`;
  }
  if (request.body?.raw) request.body.raw = named(request.body.raw);
}

const made = await new Promise((resolve, reject) =>
  converter.convertV2({ type: "json", data: document }, OPTIONS, (error, result) =>
    error || !result.result ? reject(error ?? new Error(result.reason)) : resolve(result.output[0].data),
  ),
);
for (const one of made.item) tidy(one);
// Run from its beginning to its end it is a story: on the day of the examples, and what ends a thing last.
const rank = (item) => (item.name === "sandbox" ? -1 : item.request?.method === "DELETE" ? 1 : 0);
for (const one of [made, ...made.item]) one.item.sort((a, b) => rank(a) - rank(b));
delete made.info._postman_id;
made.info.description = document.info.description;
made.auth = { type: "bearer", bearer: [{ key: "token", value: "{{bearerToken}}", type: "string" }] };
made.variable = VARIABLES;
made.event = [{ listen: "test", script: { type: "text/javascript", exec: REMEMBER } }];
const text = JSON.stringify(made, null, 1) + "\n";
if (process.argv.includes("--check")) {
  if (readFileSync(at(TARGET), "utf8") !== text) {
    console.error("docs/accord.postman_collection.json is not what docs/openapi.json says: make collection");
    process.exit(1);
  }
  console.log("docs/accord.postman_collection.json says what docs/openapi.json says.");
} else {
  writeFileSync(at(TARGET), text);
  console.log("docs/accord.postman_collection.json is written.");
}
