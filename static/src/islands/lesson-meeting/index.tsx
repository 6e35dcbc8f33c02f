/** Island `lesson-meeting`: teachers meet over a plan, without pupils. */
import { defineLessonPage } from "../../live/page";
import { Meeting } from "./Meeting";

defineLessonPage("lesson-meeting", Meeting, true);
