/** Formulas as pictures of themselves: KaTeX comes with the first one; until then, or without it, the LaTeX stands there. */

type Katex = typeof import("katex").default;

let coming: Promise<Katex> | null = null;

function katex(): Promise<Katex> {
  coming ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(([module]) => module.default);
  return coming;
}

/** Draw `latex` into `place`. */
export function drawFormula(place: HTMLElement, latex: string): void {
  place.textContent = latex;
  katex().then(
    // Into the tree and not as text: the page's policy allows no style in markup.
    (found) => found.render(latex, place, { throwOnError: false, output: "html", strict: "ignore", trust: false, maxExpand: 200 }),
    () => {
      coming = null; // the line may be down: the next formula tries again
    },
  );
}
