// Writes src/api/types.ts from the JSON Schema on standard input, or with --check compares them.
// `cargo xtask types [--check]` runs it with the schema of the built program.
import { compile } from "json-schema-to-typescript";
import { readFileSync, writeFileSync } from "node:fs";

const target = new URL("../src/api/types.ts", import.meta.url);

// A description beside a reference would become a type of its own.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).map(([name, field]) => [name, plain(field)]);
  const result = Object.fromEntries(fields);
  return typeof result.$ref === "string" ? { $ref: result.$ref } : result;
}

const schema = plain(JSON.parse(readFileSync(0, "utf8")));
const bannerComment = "// Made from the program's JSON Schema by `cargo xtask types`. Do not edit.";
const types = await compile(schema, "Wire", { bannerComment, additionalProperties: false, format: true, style: { printWidth: 120 } });
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== types) {
    console.error("web/src/api/types.ts is out of date: run `cargo xtask types`");
    process.exit(1);
  }
} else {
  writeFileSync(target, types);
}
