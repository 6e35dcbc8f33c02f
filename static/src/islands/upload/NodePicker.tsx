/**
 * Where in the textbook: one field that searches while typing and opens the tree step by step.
 * Keys: ↑ ↓ move, Enter takes, → opens a branch, ← goes up, Escape closes.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../shared/api";
import { Icon } from "../../shared/icon";
import { t } from "./words";

interface Node {
  id: string;
  title: string;
  path: string;
  has_children: boolean;
  kind: string;
}

interface Picker {
  id: string;
  value: string;
  describedBy: string;
  isInvalid: boolean;
  onPick: (id: string) => void;
}

/** The path without the node itself, whose title stands above it. */
const above = (node: Node): string => (node.path.endsWith(node.title) ? node.path.slice(0, -node.title.length).replace(/[\s/]+$/, "") : node.path);

const nodesOf = async (parent: string | null, words: string, signal: AbortSignal): Promise<Node[]> => {
  const query = words ? `?q=${encodeURIComponent(words)}` : parent ? `?parent=${encodeURIComponent(parent)}` : "";
  return (await api<{ nodes: Node[] }>(`/api/v1/curriculum/nodes${query}`, { signal })).nodes;
};

export function NodePicker({ id, value, describedBy, isInvalid, onPick }: Picker) {
  const [chosen, setChosen] = useState<Node | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const [trail, setTrail] = useState<Node[]>([]);
  const [nodes, setNodes] = useState<Node[] | null>(null);
  const [active, setActive] = useState(-1);
  const [problem, setProblem] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const parent = trail[trail.length - 1] ?? null;

  useEffect(() => {
    if (!value || chosen?.id === value) return;
    api<{ node: Node; path: Node[] }>(`/api/v1/curriculum/nodes/${value}`).then(({ node }) => setChosen(node), () => undefined);
  }, [value]);

  useEffect(() => {
    if (!isOpen) return;
    const asking = new AbortController();
    setNodes(null);
    const timer = setTimeout(() => {
      nodesOf(parent?.id ?? null, words.trim(), asking.signal).then(
        (found) => {
          setNodes(found);
          setActive(-1);
          setProblem("");
        },
        (error: Error) => !asking.signal.aborted && setProblem(error.message),
      );
    }, words ? 250 : 0);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [isOpen, words, parent?.id]);

  useEffect(() => {
    if (!isOpen) return;
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as globalThis.Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [isOpen]);

  const take = (node: Node): void => {
    setChosen(node);
    setOpen(false);
    setWords("");
    onPick(node.id);
  };
  const enter = (node: Node): void => {
    setWords("");
    setTrail([...trail, node]);
    input.current?.focus();
  };
  const press = (node: Node): void => (node.has_children && !words.trim() ? enter(node) : take(node));
  const up = (): void => setTrail(trail.slice(0, -1));

  const onKey = (event: KeyboardEvent): void => {
    const at = nodes?.[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const count = nodes?.length ?? 0;
      if (count > 0) setActive((active + (event.key === "ArrowDown" ? 1 : count + (active < 0 ? 0 : -1))) % count);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      if (at) press(at);
      else if (nodes?.length === 1 && nodes[0]) press(nodes[0]);
    } else if (event.key === "ArrowRight" && at?.has_children && !words) {
      event.preventDefault();
      enter(at);
    } else if (event.key === "ArrowLeft" && isOpen && !words && trail.length > 0) {
      event.preventDefault();
      up();
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      setOpen(false);
    }
  };

  if (value && chosen?.id === value) {
    return (
      <div class="node-chosen">
        <span><strong>{chosen.title}</strong><small class="muted">{above(chosen)}</small></span>
        <button type="button" class="btn btn-quiet" onClick={() => { setChosen(null); onPick(""); setOpen(true); }}>{t("node_clear")}</button>
      </div>
    );
  }
  return (
    <div class="node-picker" ref={box} onFocusOut={(event) => { if (event.relatedTarget && !box.current?.contains(event.relatedTarget as globalThis.Node)) setOpen(false); }}>
      <input
        ref={input}
        id={id}
        class={`form-control ${isInvalid ? "is-invalid" : ""}`}
        role="combobox"
        autocomplete="off"
        placeholder={t("node_find")}
        value={words}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-describedby={describedBy}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onInput={(event) => { setWords(event.currentTarget.value); setOpen(true); }}
        onKeyDown={onKey}
      />
      {isOpen && (
        <div class="node-panel">
          {!words && parent && (
            <div class="node-head">
              <button type="button" class="round" aria-label={t("node_up")} onClick={up}><Icon name="left" /></button>
              <span>{parent.title}</span>
              <button type="button" class="btn btn-quiet" onClick={() => take(parent)}>{t("node_pick")}</button>
            </div>
          )}
          {problem && <p class="node-empty" role="alert">{problem}</p>}
          {!problem && nodes === null && <p class="node-empty muted">{t("node_loading")}</p>}
          {nodes?.length === 0 && <p class="node-empty muted" role="status">{t("node_none")}</p>}
          <ul id={`${id}-list`} role="listbox" aria-label={t("node")}>
            {(nodes ?? []).map((node, index) => (
              <li
                key={node.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                class={index === active ? "is-active" : ""}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => press(node)}
                ref={(element) => { if (index === active) element?.scrollIntoView({ block: "nearest" }); }}
              >
                <span>{node.title}{words.trim() && <small class="muted">{above(node)}</small>}</span>
                {node.has_children && !words.trim() && <Icon name="right" />}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
