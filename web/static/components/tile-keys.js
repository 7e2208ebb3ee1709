/** One's own tile. */
export const SELF = "self";

/** The tile of somebody's face. @param {string} userID */
export const cameraKey = (userID) => `camera ${userID}`;

/** The tile of somebody's screen. @param {string} userID */
export const screenKey = (userID) => `screen ${userID}`;
