/** The look of structured plans, for the pages that show one. */
import "../styles/plan.scss";
