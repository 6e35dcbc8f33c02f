/** The look of preparation and study, for the pages that show them. */
import "../styles/study.scss";
