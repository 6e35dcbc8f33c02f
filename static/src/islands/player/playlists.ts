/**
 * Playlists with addresses that never grow old. Pure.
 *
 * Signed addresses live one hour and a lesson may be paused longer, so hls.js is shown names of
 * our own (`hub://object/240`); the loader turns a name into today's address at each request.
 */

export const MASTER = "hub://master";

export function playlistName(label: string): string {
  return `hub://playlist/${label}`;
}

export function objectName(label: string): string {
  return `hub://object/${label}`;
}

export type Place = { kind: "master" } | { kind: "playlist" | "object"; label: string };

/** Read one of our names; null for a foreign address. */
export function placeOf(name: string): Place | null {
  if (name === MASTER) return { kind: "master" };
  const match = /^hub:\/\/(playlist|object)\/([^/?#]+)$/.exec(name);
  return match ? { kind: match[1] as "playlist" | "object", label: match[2] as string } : null;
}

/** The label in the address of a media playlist: `480.m3u8?t=…` → `480`. */
export function labelOf(address: string): string {
  const path = address.split(/[?#]/)[0] as string;
  return decodeURIComponent((path.split("/").pop() as string).replace(/\.m3u8$/, ""));
}

/** The address of a rung's playlist beside the master: same folder, same token. */
export function besideMaster(master: string, label: string): string {
  return master.replace(/[^/?#]+\.m3u8(?=[?#]|$)/, `${encodeURIComponent(label)}.m3u8`);
}

const isAddress = (line: string): boolean => line !== "" && !line.startsWith("#");

export function nameMaster(text: string): string {
  return eachLine(text, (line) => (isAddress(line) ? playlistName(labelOf(line)) : line));
}

export function nameMedia(text: string, label: string): string {
  const name = objectName(label);
  return eachLine(text, (line) => {
    if (line.startsWith("#EXT-X-MAP:")) return line.replace(/URI="[^"]*"/, `URI="${name}"`);
    return isAddress(line) ? name : line;
  });
}

/** Labels of a master playlist in its order: the lowest rung comes first. */
export function labelsOf(master: string): string[] {
  return master.split(/\r?\n/).map((line) => line.trim()).filter(isAddress).map(labelOf);
}

function eachLine(text: string, change: (line: string) => string): string {
  return text.split(/\r?\n/).map((line) => change(line.trim())).join("\n");
}
