/** Words of the board beside a recording. */
import { texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));
