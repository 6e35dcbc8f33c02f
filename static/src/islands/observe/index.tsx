/** Island `observe`: the list with its beginning, or one observation, both from what the device keeps. */
import { render } from "preact";
import { useEffect, useReducer, useState } from "preact/hooks";
import { defineIsland } from "../../shared/mount";
import "../../styles/observe.scss";
import { Book } from "./book";
import { List } from "./List";
import { keepPages } from "./offline";
import { One } from "./One";
import { followPlayer } from "./time";
import type { Props } from "./types";
import { t } from "./words";

function Page({ props }: { props: Props }) {
  const [book, setBook] = useState<Book | null>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    keepPages();
    let leave: (() => void)[] = [followPlayer()];
    let isOver = false;
    void Book.open(props.person).then((found) => {
      if (isOver) return;
      if (props.kept) found.learn(props.kept);
      leave = [...leave, found.subscribe(() => redraw(undefined)), found.follow()];
      setBook(found);
    });
    return () => {
      isOver = true;
      for (const act of leave) act();
    };
  }, []);
  if (!book) return <p class="muted">{t("opening")}</p>;
  if (props.mode === "list") return <List book={book} props={props} />;
  return <One book={book} props={props} id={props.id ?? idOf(location.pathname)} />;
}

/** A page from the device's own copy does not know which observation it is for; its address does. */
function idOf(path: string): string {
  return /\/observe\/(obs_[0-9a-z]+)/.exec(path)?.[1] ?? "";
}

defineIsland<Props>("observe", (element, props) => {
  render(<Page props={props} />, element);
  return () => render(null, element);
});
