/** Places between places: see `plans/order.py`. A moved stage gets a word between those of its new neighbours. */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;

/** A word that sorts after `low` and before `high`; the same gap asked twice gives different words. */
export function between(low: string, high: string | null, random = Math.random): string {
  let above = high !== null && high > low ? high : null;
  let made = "";
  for (let at = 0; ; at += 1) {
    const from = at < low.length ? digit(low, at) : 0;
    const to = above !== null && at < above.length ? digit(above, at) : BASE;
    const middle = (from + to) >> 1;
    if (middle > from) return made + DIGITS[middle] + tail(random);
    made += DIGITS[from];
    if (to !== from) above = null;
  }
}

/** Two people who fill one gap at once get two words; a word never ends in the lowest digit. */
function tail(random: () => number): string {
  return DIGITS[Math.floor(random() * BASE)]! + DIGITS[1 + Math.floor(random() * (BASE - 1))]!;
}

function digit(word: string, at: number): number {
  return Math.max(0, DIGITS.indexOf(word[at]!));
}
