import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** What is made once and kept: binary, pictures, sounds. */
export const CACHE = fileURLToPath(new URL("../.cache/", import.meta.url));
/** What is left behind when a test fails. */
export const ARTIFACTS = join(ROOT, "e2e", "artifacts");

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
