/** Words of the pages of observation. */
import { texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));
