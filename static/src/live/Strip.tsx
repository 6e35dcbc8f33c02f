/** Small pictures of all pages to choose from, the one shown in the middle; blank pages are a document too. */
import { useEffect, useRef } from "preact/hooks";
import { Refused, useLesson } from "./hooks";
import { BLANK } from "./slides";
import { t } from "./words";

const THUMB_PIXELS = 160;

export function Strip() {
  const lesson = useLesson();
  const { slides, state, shown } = lesson;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>("[aria-current]");
    const box = list.current;
    if (current && box) box.scrollLeft = current.offsetLeft - box.offsetLeft - (box.clientWidth - current.offsetWidth) / 2;
  }, [shown.deck, shown.page]);

  const blanks = Object.keys(state.pages).filter((page) => page.startsWith(`${BLANK}/`)).map((page) => Number(page.slice(BLANK.length + 1)));
  const lastBlank = Math.max(shown.deck === BLANK ? shown.page : 0, ...blanks, 0) + 1;
  const numbers = shown.deck === BLANK ? Array.from({ length: lastBlank }, (_, at) => at + 1) : (slides.deck(shown.deck)?.pages ?? []).map((page) => page.number);
  const decks = [...slides.decks.map((deck) => ({ id: deck.id, title: deck.title, first: deck.pages[0]?.number ?? 1 })), { id: BLANK, title: t("blank_pages"), first: Math.max(1, lastBlank - 1) }];

  return (
    <div class="strip">
      {decks.length > 1 && (
        <label class="strip-deck">
          <span class="hidden-words">{t("deck")}</span>
          <select class="form-select" value={shown.deck} onChange={(event) => {
            const deck = decks.find((one) => one.id === event.currentTarget.value);
            if (deck) lesson.turn({ deck: deck.id, page: deck.first });
          }}>
            {decks.map((deck) => <option key={deck.id} value={deck.id}>{deck.title}</option>)}
          </select>
        </label>
      )}
      <ol class="strip-list" ref={list} aria-label={t("strip")}>
        {numbers.map((page) => {
          const one = { deck: shown.deck, page };
          const picture = slides.picture(one, THUMB_PIXELS);
          const isHere = page === shown.page;
          const hasInk = (state.pages[`${one.deck}/${page}`]?.length ?? 0) > 0 || (state.unloaded ?? []).includes(`${one.deck}/${page}`);
          return (
            <li key={`${one.deck}/${page}`}>
              <button type="button" class="thumb" aria-current={isHere ? "page" : undefined} aria-label={t("slide", { n: page })} onClick={() => lesson.turn(one)}>
                {picture ? <img src={picture} alt="" loading="lazy" decoding="async" draggable={false} /> : <span class="thumb-blank" />}
                <span class="thumb-number">{page}{hasInk && <i class="thumb-ink" title={t("has_ink")} />}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <Refused of="slides" />
    </div>
  );
}
