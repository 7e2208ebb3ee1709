import { t, tOr } from "./i18n.js";

/**
 * Why a call ended, in a sentence for this side.
 *
 * @param {import("./call-model.js").CallOver} over
 * @param {string} name the other one's
 */
export function endSentence({ outcome, role, userID, peer }, name) {
  if (outcome === "noAnswer" && role === "callee") return t("end_noAnswerIncoming", { name });
  if (outcome === "answered" && userID !== peer) return t("end_answeredBySelf");
  if (outcome === "cancelled" && userID !== peer) return t("end_cancelledBySelf");
  return tOr(`end_${outcome}`, "end_failed", { name });
}
