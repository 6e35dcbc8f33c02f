/** Island `lesson-assist`: the panel of whoever stands with a receiving class. */
import { defineLessonPage } from "../../live/page";
import { Assist } from "./Assist";

defineLessonPage("lesson-assist", Assist);
