/** Words of the phone's page, apart from those of a lesson: the phone fetches no more than it shows. */
import { texts } from "../../shared/i18n";
import zh from "./zh.json";

export const t = texts(zh, () => import("./en.json"));
export type Word = keyof typeof zh;
