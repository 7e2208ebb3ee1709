import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../static");
const files = readdirSync(root, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".js") && !name.startsWith("vendor"));
const read = (name) => readFileSync(join(root, name), "utf8");

/** What each layer may import from. */
const MAY_IMPORT = {
  sdk: ["sdk"],
  components: ["components", "sdk", "vendor"],
  app: ["app", "components", "sdk", "vendor"],
};

test("every layer imports only from itself and from those below", () => {
  for (const name of files) {
    const allowed = MAY_IMPORT[name.split("/")[0]];
    for (const [, target] of read(name).matchAll(/(?:from|^import) "([^"]+)";$/gm)) {
      assert.match(target, /^\.\.?\//, `${name} imports ${target}: nothing comes from elsewhere`);
      const layer = relative(root, resolve(root, dirname(name), target)).split("/")[0];
      assert.ok(allowed.includes(layer), `${name} imports ${target}`);
    }
  }
});

test("no file is longer than 400 lines", () => {
  for (const name of files) {
    const lines = read(name).split("\n").length - 1;
    assert.ok(lines <= 400, `${name} has ${lines} lines`);
  }
});

test("the SDK reaches the browser in one file only", () => {
  const globals = /\b(document|window|navigator|RTCPeerConnection|MediaStream|WebSocket)\s*[.(?]/;
  for (const name of files.filter((each) => each.startsWith("sdk/") && each !== "sdk/platform.js")) {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, globals, name);
  }
});

test("no type is any", () => {
  for (const name of files) assert.doesNotMatch(read(name), /[{<,|:(]\s*any\s*[}>,|)\]]/, name);
});

test("the content security policy has nothing to refuse: no inline script, style or handler", () => {
  for (const name of [...files, "index.html"]) {
    const text = read(name);
    assert.doesNotMatch(text, /\sstyle="|<style|\son[a-z]+="|javascript:/, name);
    for (const [, body] of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) assert.equal(body, "", name);
  }
});

test("what is vendored is what its authors published, but for the name of a source map", () => {
  const published = resolve(root, "../node_modules/lit-html");
  for (const name of readdirSync(join(root, "vendor"), { recursive: true }).map(String).filter((each) => each.endsWith(".js"))) {
    assert.equal(read(join("vendor", name)), readFileSync(join(published, name), "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, ""), name);
  }
});
