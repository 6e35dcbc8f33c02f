/** Island `plan-editor`: a plan that several people write at once, with or without a line. */
import { render } from "preact";
import { defineIsland } from "../../shared/mount";
import "../../styles/plans.scss";
import { Head } from "./Head";
import { Steps } from "./Steps";
import { PlanStore, StoreContext, useStore, type Named, type Props } from "./store.ts";
import { Text } from "./Text";
import { Tools } from "./Tools";
import { t } from "./words";

function Plan() {
  const store = useStore();
  if (!store.isReady) {
    const { refusal, truth } = store.line;
    return <p class={truth === "shut" ? "refused" : "muted"} role="status">{truth === "shut" ? refusal?.message || t("signed_out") : t(truth === "cut" ? "no_line_yet" : "opening")}</p>;
  }
  const { sections } = store.props;
  const at = sections.findIndex(([name]) => name === "board");
  return (
    <div class="plan-editor">
      <Head />
      <Tools />
      {sections.slice(0, at).map((section) => <Section key={section[0]} section={section} />)}
      <Steps />
      {sections.slice(at).map((section) => <Section key={section[0]} section={section} />)}
    </div>
  );
}

function Section({ section: [name, label] }: { section: Named }) {
  const { plan } = useStore();
  return <section class={`plan-section ${name === "learners_village" ? "is-village" : ""}`}><Text text={plan.section(name)} place={name} label={label} full={label} /></section>;
}

defineIsland<Props>("plan-editor", (element, props) => {
  const store = new PlanStore(props);
  // Closing a tab loses nothing that the browser keeps; where it keeps nothing, it asks.
  const leave = (event: BeforeUnloadEvent): void => {
    if (!store.isKept && store.line.isBehind) event.preventDefault();
  };
  addEventListener("beforeunload", leave);
  render(<StoreContext.Provider value={store}><Plan /></StoreContext.Provider>, element);
  return () => {
    removeEventListener("beforeunload", leave);
    render(null, element);
    store.close();
  };
});
