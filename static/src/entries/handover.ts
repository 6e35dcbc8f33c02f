/**
 * Sends the one form of a page that hands over to another system; without script its button does.
 */
document.querySelector<HTMLFormElement>("form[data-handover]")?.submit();
