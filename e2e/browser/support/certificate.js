import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A certificate for localhost that its own key has signed, and the flag that
 * makes a Chromium believe it and no other.
 */
export function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "callsvc-certificate-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const [chain, key] = [join(folder, "localhost.crt"), join(folder, "localhost.key")];
  execFileSync("openssl", [
    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", chain, "-keyout", key,
  ], { stdio: "pipe" });
  const publicKey = execFileSync("openssl", ["x509", "-in", chain, "-noout", "-pubkey"]);
  const der = execFileSync("openssl", ["pkey", "-pubin", "-outform", "der"], { input: publicKey });
  const pin = execFileSync("openssl", ["dgst", "-sha256", "-binary"], { input: der }).toString("base64");
  return {
    flags: ["--tls-certificate", chain, "--tls-key", key],
    args: [`--ignore-certificate-errors-spki-list=${pin}`],
  };
}
