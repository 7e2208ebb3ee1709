/**
 * Reads what the server keeps for this user besides their conversations - the
 * black list, do-not-disturb, missed calls - and follows it on all devices.
 *
 * @param {import("../sdk/index.js").Client} client
 * @param {(thrown: unknown) => void} fail hears what goes wrong
 * @returns {() => void} stops
 */
export function followAccount({ blackList, receiveOpt, missedCalls, profiles }, fail) {
  const kept = [blackList, receiveOpt, missedCalls];
  for (const each of kept) each.watch().catch(fail);
  const stops = [...kept.map((each) => each.on("fault", fail)), profiles.on("fault", fail)];
  return () => stops.forEach((stop) => stop());
}
