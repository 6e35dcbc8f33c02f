/** Island `lesson-class`: what a class sees in front of it. */
import { defineLessonPage } from "../../live/page";
import { Screen } from "./Screen";

defineLessonPage("lesson-class", Screen, true);
