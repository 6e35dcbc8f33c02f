/** The one button of a room check; what it needs is fetched when it is pressed. */
import type { FunctionComponent } from "preact";
import { useState } from "preact/hooks";
import "../../styles/check.scss";
import { t } from "../words";

interface CheckDoorProps {
  /** Told when the check takes its place, and when it is put away. */
  onOpen?: (isOpen: boolean) => void;
}

export function CheckDoor({ onOpen }: CheckDoorProps) {
  const [Check, setCheck] = useState<FunctionComponent<{ onClose: () => void }> | null>(null);
  const [problem, setProblem] = useState("");
  const open = async (): Promise<void> => {
    setProblem("");
    try {
      const { RoomCheck } = await import("./RoomCheck");
      setCheck(() => RoomCheck);
      onOpen?.(true);
    } catch {
      setProblem(t("check_not_loaded"));
    }
  };
  const close = (): void => {
    setCheck(null);
    onOpen?.(false);
  };
  if (Check) return <Check onClose={close} />;
  return (
    <>
      <button type="button" class="btn btn-plain check-door" onClick={() => void open()}>{t("check_door")}</button>
      {problem && <p class="refused" role="alert">{problem}</p>}
    </>
  );
}
