import { language } from "../components/i18n.js";
import { Session } from "./session.js";

/**
 * Tells the server anew, for whoever turned it on here, where this browser is
 * rung while the page is closed, and in which language.
 *
 * @param {import("../sdk/index.js").Client} client
 * @param {(thrown: unknown) => void} fail hears what goes wrong
 * @returns {() => void} stops
 */
export function renewPush({ push, connection }, fail) {
  const renew = () => {
    if (Session.remembered()?.userID === connection.userID) push.renew(language.tag).catch(fail);
  };
  renew();
  return language.on("change", renew);
}
