/** Island `pages`: a document as pictures of its pages. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import { type PagesProps, Roll } from "./Roll";

defineIsland<PagesProps>("pages", (element, props) => {
  const show = (at: number | undefined): void => render(<Roll {...props} {...(at ? { at } : {})} />, element);
  const follow = (): void => {
    const at = pageNamed(props.asset_id);
    if (!at) return;
    show(at);
    element.scrollIntoView({ block: "start" });
  };
  show(pageNamed(props.asset_id));
  if (pageNamed(props.asset_id)) element.scrollIntoView({ block: "start" });
  addEventListener("hashchange", follow);
  return () => {
    removeEventListener("hashchange", follow);
    render(null, element);
  };
});

/** The page that the address names, as search hits do: `#page-<asset>-<number>`. */
function pageNamed(assetId: string): number | undefined {
  const [, asset, number] = /^#page-(.+)-(\d+)$/.exec(location.hash) ?? [];
  return asset === assetId ? Number(number) : undefined;
}
