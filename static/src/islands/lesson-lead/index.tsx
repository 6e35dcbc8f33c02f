/** Island `lesson-lead`: the panel of whoever leads a lesson. */
import { defineLessonPage } from "../../live/page";
import { WithRooms } from "../../live/stock/rooms";
import { Lead } from "./Lead";

const Page = () => <WithRooms><Lead /></WithRooms>;

defineLessonPage("lesson-lead", Page, true);
