/**
 * What every page carries: the stylesheet and the few habits that HTML alone does not have
 * (menus that close, the theme switch, show password, one press per form).
 *
 * Each habit only improves a page that already works; nothing here may be needed to do a task.
 */
import "../styles/hub.scss";
import { mayHoldSomething } from "../recordings/spool";
import { followSwaps } from "../shared/mount";
import { closeMenus, rememberTheme, showPasswords, submitOnce, chooseAtOnce, copyOnPress, forgetCopies, hideLostPictures } from "../shared/habits";

followSwaps();
closeMenus();
rememberTheme();
showPasswords();
submitOnce();
chooseAtOnce();
copyOnPress();
hideLostPictures();
// A lesson's own page sends by itself, at the pace that the lesson leaves room for.
if (mayHoldSomething() && !document.body.classList.contains("live")) void import("../recordings/resume").then(({ resumeUpload }) => resumeUpload());
forgetCopies();
