import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { en, zh } from "../static/components/strings.js";

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});

test("a sentence has the same places to fill in both languages", () => {
  for (const key of Object.keys(en)) assert.deepEqual(holes(zh[key]), holes(en[key]), key);
});

test("no sentence is left that nobody says", () => {
  const families = /^(end|error|fault|quality|result|kicked|direction|key|role|course|groupType|state|news|path|source|meeting|meetingEnd|meetingHint|reaction|way|cure|unplugged)_/;
  const sources = ["components", "app"].flatMap((layer) => {
    const folder = new URL(`../static/${layer}/`, import.meta.url);
    const names = readdirSync(folder).filter((name) => name.endsWith(".js") && !name.startsWith("strings"));
    return names.map((name) => readFileSync(new URL(name, folder), "utf8"));
  });
  const all = sources.join("\n");
  for (const key of Object.keys(en)) {
    if (!families.test(key)) assert.ok(all.includes(`"${key}"`), `${key} is in no template`);
  }
});
