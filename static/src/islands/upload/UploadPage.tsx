/** The upload page: list and form side by side, joined by one draft. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { ApiError, api, rest } from "../../shared/api";
import { t as shared } from "../../shared/i18n";
import { type Choice, DetailsForm, PublishBar } from "./DetailsForm";
import { Draft, type DraftPlan, type FieldName, type Fields } from "./draft";
import { type DraftUpload, Queue } from "./engine/queue";
import { FileList } from "./FileList";
import { emptyForm, restored, suggestedFields, wrote } from "./form";
import { PLANNED, PlanRow } from "./PlanRow";
import { publish } from "./publish";
import { suggestKind, suggestTitle } from "./suggest";
import { t } from "./words";

export interface UploadProps {
  draft_id: string | null;
  kinds: Choice[];
  licences: Choice[];
  village_fits: Choice[];
  audiences: Choice[];
  defaults: Partial<Fields>;
}

interface Twin {
  id: string;
  title: string;
}

type Ended = { words: string; resourceId: string | null };

/** The worker compares bytes some seconds after a file is done: ask a few times, then let it be. */
const TWINS_ASKED_AFTER_S = [0, 2, 5, 15];

export function UploadPage({ draft_id, kinds, licences, village_fits, audiences, defaults }: UploadProps) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [form, setForm] = useState(() => emptyForm(defaults));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState<ApiError | string | null>(null);
  const [ended, setEnded] = useState<Ended | null>(null);
  const [sameAs, setSameAs] = useState<Twin[]>([]);
  const [plan, setPlan] = useState<DraftPlan | null>(null);
  const [asksChangeNote, setAsksChangeNote] = useState(false);
  const literacies = useLiteracies(form.values.node_id);
  const [isArmed, setArmed] = useState(false);
  const [isPublishing, setPublishing] = useState(false);
  const latest = useRef(form);
  latest.current = form;
  const isLoaded = useRef(false);

  const draft = useMemo(() => new Draft(draft_id, redraw as () => void), []);
  const queue = useMemo(
    () => new Queue(() => draft.open(), async () => (await draft.read())?.uploads ?? [], redraw as () => void),
    [],
  );

  const suggest = useCallback((given: Partial<Record<FieldName, string | null>>) => {
    const [next, changed] = suggestedFields(latest.current, given);
    if (Object.keys(changed).length === 0) return;
    latest.current = next;
    setForm(next);
    draft.set(changed);
  }, []);

  useEffect(() => {
    void begin();
    const leave = (): void => {
      draft.leave();
      queue.carryOutRemovals();
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
      queue.close();
    };
  }, []);

  async function begin(): Promise<void> {
    try {
      const known = await draft.read();
      if (known?.resource_id) return setEnded({ words: t("draft_done"), resourceId: known.resource_id });
      const recovered = draft.recovered;
      latest.current = restored(latest.current, known?.fields ?? {}, recovered);
      setForm(latest.current);
      if (Object.keys(recovered).length > 0) draft.set(recovered);
      setPlan(known?.fields.plan ?? null);
      setSameAs(known?.plan_alike ?? []);
      setAsksChangeNote(known?.asks_change_note === true);
      isLoaded.current = true;
      suggestFromNames();
      if (!known) return;
      await queue.restore(known.uploads);
      if (known.uploads.length > 0 || known.fields.plan) suggest(known.suggestions);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) setEnded({ words: t("draft_lost"), resourceId: null });
      else setTrouble(error instanceof ApiError ? error : String(error));
    }
  }

  /** Only once the draft is here: a suggestion must not win over what its owner wrote earlier. */
  function suggestFromNames(): void {
    const names = queue.transfers.map((transfer) => transfer.filename);
    if (names.length > 0) suggest({ title: suggestTitle(names), kind: suggestKind(names) });
  }

  useTicks(queue.isBusy, redraw as () => void);

  const doneCount = queue.transfers.filter((transfer) => transfer.phase.name === "done").length;
  useEffect(() => {
    if (doneCount === 0) return;
    const left = new AbortController();
    void tellTwins(left.signal);
    return () => left.abort();
  }, [doneCount]);

  async function tellTwins(signal: AbortSignal): Promise<void> {
    for (const seconds of TWINS_ASKED_AFTER_S) {
      await rest(seconds, signal);
      const known = signal.aborted ? null : await draft.read().catch(() => null);
      if (signal.aborted || !known) return;
      setSameAs([...(known.plan_alike ?? []), ...twinsOf(known.uploads.filter((upload) => queue.transfers.some((transfer) => transfer.id === upload.id)))]);
    }
  }

  const onFiles = useCallback((files: File[]) => {
    if (files.length === 0) return;
    queue.add(files);
    if (isLoaded.current) suggestFromNames();
  }, []);

  const onWrite = useCallback((name: FieldName, value: string) => {
    setForm((now) => (latest.current = wrote(now, name, value)));
    setErrors(({ [name]: _mended, ...others }) => others);
    draft.set({ [name]: value });
  }, []);

  const finish = useCallback(async () => {
    setPublishing(true);
    setTrouble(null);
    try {
      const resourceId = await publish(draft, queue, latest.current.values);
      location.assign(`/resources/${encodeURIComponent(resourceId)}`);
    } catch (error) {
      setPublishing(false);
      setArmed(false);
      setTrouble(error instanceof ApiError ? error : String(error));
      if (error instanceof ApiError) showAtFields(error.fields);
    }
  }, []);

  function showAtFields(fields: Readonly<Record<string, string>>): void {
    const { node, ...others } = fields;
    const found: Record<string, string> = node ? { ...others, node_id: node } : others;
    setErrors(found);
    const first = Object.keys(found)[0];
    if (first) document.getElementById(`f-${first}`)?.focus();
  }

  function onPublish(): void {
    const wrong: Record<string, string> = {};
    if (form.values.title.trim() === "") wrong["title"] = t("need_title");
    if (form.values.kind === "") wrong["kind"] = t("need_kind");
    if (asksChangeNote && form.values.change_note.trim() === "") wrong["change_note"] = t("need_change_note");
    showAtFields(wrong);
    setTrouble(null);
    if (Object.keys(wrong).length > 0) return;
    const hasPlan = plan !== null && PLANNED.includes(form.values.kind);
    if (queue.transfers.length === 0 && !hasPlan) return setTrouble(t("need_file"));
    if (queue.allDone || queue.transfers.length === 0) void finish();
    else if (queue.isBusy) setArmed(true);
    else setTrouble(t("fix_files"));
  }

  async function writePlan(): Promise<void> {
    try {
      const id = await draft.open();
      await draft.save();
      location.assign(`/upload/plan?draft=${encodeURIComponent(id)}`);
    } catch (error) {
      setTrouble(error instanceof ApiError ? error : String(error));
    }
  }

  const isReady = isArmed && queue.allDone;
  useEffect(() => {
    if (isReady) void finish();
  }, [isReady]);
  const isHalted = isArmed && !queue.allDone && !queue.isBusy;
  useEffect(() => {
    if (!isHalted) return;
    setArmed(false);
    setTrouble(t("fix_files"));
  }, [isHalted]);

  if (ended) return <EndedDraft {...ended} />;
  const isWaiting = isArmed && !isPublishing;
  const label = isPublishing ? t("publishing") : queue.isBusy ? t("publish_when_done") : t("publish");
  return (
    <div class="upload-layout">
      <div>
        {PLANNED.includes(form.values.kind) && <PlanRow plan={plan} onWrite={() => void writePlan()} />}
        <FileList queue={queue} now={Date.now()} sameAs={sameAs} hasPlan={plan !== null} onFiles={onFiles} />
      </div>
      <div>
        <DetailsForm form={form} errors={errors} kinds={kinds} licences={licences} villageFits={village_fits} audiences={audiences} literacies={literacies} asksChangeNote={asksChangeNote} saveState={draft.state} onWrite={onWrite} />
        <PublishBar
          label={label}
          note={isWaiting ? t("publish_waiting") : t("publish_note")}
          isBusy={isPublishing || isWaiting}
          error={trouble && <Trouble trouble={trouble} />}
          onPress={onPublish}
          onCancel={isWaiting ? () => setArmed(false) : null}
        />
      </div>
    </div>
  );
}

function twinsOf(uploads: readonly DraftUpload[]): Twin[] {
  const found = new Map(uploads.flatMap((upload) => [...(upload.same_as ?? []), ...(upload.alike ?? [])]).map((twin) => [twin.id, twin]));
  return [...found.values()];
}

function Trouble({ trouble }: { trouble: ApiError | string }) {
  if (typeof trouble === "string") return <>{trouble}</>;
  return (
    <>
      {trouble.fields["upload_ids"] ?? trouble.message}
      {trouble.requestId && <span class="muted small"> {shared("request_id", { id: trouble.requestId })}</span>}
    </>
  );
}

function EndedDraft({ words, resourceId }: Ended) {
  return (
    <div class="panel empty">
      <p>{words}</p>
      <div class="actions">
        {resourceId && <a class="btn btn-primary" href={`/resources/${resourceId}`}>{t("open_resource")}</a>}
        <a class="btn btn-plain" href="/upload">{t("new_draft")}</a>
      </div>
    </div>
  );
}

/** The core literacies of the subject that the chosen place belongs to; none while it is not known. */
function useLiteracies(nodeId: string): string[] {
  const [found, setFound] = useState<string[]>([]);
  useEffect(() => {
    if (nodeId === "") return setFound([]);
    let isLeft = false;
    api<{ literacies: string[] }>(`/api/v1/literacies?node=${encodeURIComponent(nodeId)}`).then(
      (reply) => isLeft || setFound(reply.literacies),
      () => isLeft || setFound([]),
    );
    return () => {
      isLeft = true;
    };
  }, [nodeId]);
  return found;
}

/** Redraw twice a second while something moves: rates and waiting times are told live. */
function useTicks(isMoving: boolean, tick: () => void): void {
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [isMoving]);
}
