/** Island `lesson-lead`: the panel of whoever leads a lesson. */
import { defineLessonPage } from "../../live/page";
import { Lead } from "./Lead";

defineLessonPage("lesson-lead", Lead, true);
