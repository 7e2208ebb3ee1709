import { t, tOr } from "./i18n.js";

/**
 * Why a call ended, in a sentence for this side.
 *
 * @param {import("./call-model.js").CallOver} over
 * @param {string} name the other one's
 */
export function endSentence({ outcome, role, userID, peer, groupID = "", participants = [] }, name) {
  if (groupID || participants.length > 1) return groupEnd(outcome, userID, participants);
  if (outcome === "noAnswer" && role === "callee") return t("end_noAnswerIncoming", { name });
  if (outcome === "answered" && userID !== peer) return t("end_answeredBySelf");
  if (outcome === "cancelled" && userID !== peer) return t("end_cancelledBySelf");
  return tOr(`end_${outcome}`, "end_failed", { name });
}

/**
 * The same of a call of several, where no single other one has ended it.
 *
 * @param {import("./call-model.js").CallOver["outcome"]} outcome
 * @param {string} by
 * @param {import("../sdk/participants.js").Participant[]} participants the others
 */
function groupEnd(outcome, by, participants) {
  const mine = by !== "server" && !participants.some(({ userID }) => userID === by);
  if (outcome === "answered") return t(mine ? "end_groupAnsweredBySelf" : "end_groupAnswered");
  if (outcome === "cancelled") return t(mine ? "end_cancelledBySelf" : "end_groupAnswered");
  const nobodyCame = outcome === "noAnswer" || outcome === "declined" || outcome === "busy" || outcome === "unreachable";
  return nobodyCame ? t("end_groupNoAnswer") : tOr(`end_${outcome}`, "end_failed", { name: "" });
}
