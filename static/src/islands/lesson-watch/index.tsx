/** Island `lesson-watch`: whoever sits in on a lesson unseen, and the technician. */
import { defineLessonPage } from "../../live/page";
import { Watch } from "./Watch";

defineLessonPage("lesson-watch", Watch);
