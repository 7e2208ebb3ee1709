/**
 * @typedef {import("../sdk/wire.js").GroupInfo} GroupInfo
 * @typedef {import("../sdk/wire.js").GroupRole} GroupRole
 * @typedef {"rename" | "kick" | "setRole" | "transfer" | "quit" | "dismiss"} Deed
 */

/**
 * Whether the page offers a deed: the server's rules by kind of group and role,
 * told beforehand so that no button leads to a refusal.
 *
 * @param {GroupInfo} group
 * @param {Deed} deed
 * @param {GroupRole} [whom] the role of who it would happen to
 */
export function allowed({ type, role, memberCount }, deed, whom = "member") {
  const owner = role === "owner";
  switch (deed) {
    case "rename":
      return type === "Work" || owner || role === "admin";
    case "kick":
      return (owner && whom !== "owner") || (role === "admin" && whom === "member");
    case "setRole":
      return owner && type !== "Work" && whom !== "owner";
    case "transfer":
      return owner && whom !== "owner";
    case "quit":
      return role !== undefined && (!owner || (type === "Work" && memberCount > 1));
    case "dismiss":
      return owner;
  }
}
