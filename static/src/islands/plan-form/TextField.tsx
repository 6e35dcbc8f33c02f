/** One text of the plan as a plain text area that grows, with its pictures below. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../shared/api";
import { Icon } from "../../shared/icon";
import type { Block, Picture } from "./plan";
import { sendPicture } from "./picture";
import { isRich, pictureLine, read, written } from "./text";
import { t } from "./words";

interface Props {
  id: string;
  label: string;
  blocks: Block[];
  isHidden?: boolean;
  onWrite: (blocks: Block[]) => void;
}

export function TextField({ id, label, blocks, isHidden, onWrite }: Props) {
  const [origin] = useState(blocks);
  const [text, setText] = useState(() => written(blocks).value);
  const [pictures, setPictures] = useState<Picture[]>(() => written(blocks).pictures);
  const [trouble, setTrouble] = useState("");
  const [isSending, setSending] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);

  const write = (value: string, known = pictures): void => {
    setText(value);
    onWrite(read(value, origin, known));
  };

  const insert = async (file: File): Promise<void> => {
    setSending(true);
    setTrouble("");
    try {
      const known = [...pictures, { type: "picture" as const, asset: await sendPicture(file) }];
      setPictures(known);
      const now = area.current?.value ?? text;
      write(`${now}${now && !now.endsWith("\n") ? "\n" : ""}${pictureLine(known.length, file.name.replace(/\.\w+$/, ""))}\n`, known);
    } catch (error) {
      setTrouble(error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : error instanceof Error ? error.message : String(error));
    }
    setSending(false);
  };

  const shown = pictures.map((picture, place) => ({ picture, number: place + 1 })).filter(({ number }) => new RegExp(`^〔图${number}[：〕]`, "m").test(text));
  return (
    <div class="field">
      <div class="plan-step-tools">
        <label class={isHidden ? "hidden-words" : "form-label"} for={id}>{label}</label>
      </div>
      <textarea ref={area} id={id} class="form-control" value={text} maxLength={100000} onInput={(event) => write(event.currentTarget.value)} />
      {shown.length > 0 && (
        <ul class="plan-kept">
          {shown.map(({ picture, number }) => (
            <li key={picture.asset}>
              <img src={`/media/${picture.asset}/original`} alt="" />
              <span>{t("picture_of", { n: number })}</span>
            </li>
          ))}
        </ul>
      )}
      {isRich(origin) && <p class="form-text">{t("rich")}</p>}
      {trouble && <p class="form-text" role="alert">{trouble}</p>}
      <input ref={chooser} class="hidden-words" type="file" tabIndex={-1} aria-hidden="true" accept="image/png,image/jpeg,image/gif,image/webp,image/bmp" onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        event.currentTarget.value = "";
        if (file) void insert(file);
      }} />
      <button type="button" class="btn btn-quiet small" disabled={isSending} aria-label={t("picture_into", { label })} onClick={() => chooser.current?.click()}>
        <Icon name="picture" />{isSending ? t("picture_sending") : t("picture")}
      </button>
    </div>
  );
}
