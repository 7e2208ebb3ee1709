import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const PAGE = `<!doctype html><title>Elsewhere</title><video data-testid="remote-video" autoplay playsinline muted></video>`;

/**
 * Somebody else's web site, which knows this server as WHIP and WHEP alone: a
 * video element, and the client of whip-whep.
 */
export async function elsewhere() {
  const modules = new Map(["whip", "whep"].map((name) => {
    return [`/${name}.js`, readFileSync(fileURLToPath(import.meta.resolve(`whip-whep/${name}.js`)))];
  }));
  const site = createServer((request, response) => {
    const module = modules.get(request.url ?? "");
    response.setHeader("Content-Type", module ? "text/javascript" : "text/html").end(module ?? PAGE);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (site.address());
  return { url: `http://127.0.0.1:${port}/`, close: () => void (site.closeAllConnections(), site.close()) };
}
