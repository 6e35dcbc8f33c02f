/** Ids that the device makes itself, in the shape of the server's: sortable by time, never guessed twice. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export function newId(prefix: "obs" | "obn" | "obm" | "cod" | "pho", now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = "";
  for (let left = now, at = 0; at < 10; at += 1, left = Math.floor(left / 32)) time = ALPHABET[left % 32]! + time;
  return `${prefix}_${time}${[...bytes].map((byte) => ALPHABET[byte & 31]).join("")}`;
}
