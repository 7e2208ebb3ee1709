import { tOr } from "../components/i18n.js";
import { codeOf } from "../sdk/index.js";

/**
 * A sentence for whatever was thrown.
 *
 * @param {unknown} thrown
 */
export function faultSentence(thrown) {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return tOr(`error_${codeOf(thrown)}`, "error_0", { message });
}
