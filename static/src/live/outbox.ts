/**
 * What was done in a lesson and is not known to be kept by the server, in its order.
 *
 * It stands in the browser's storage, one entry a command, so that a crashed tab loses nothing. Where
 * storage is refused or full the commands live as long as the page.
 */

export interface Command {
  name: string;
  id: string;
  data: Record<string, unknown>;
  made_at: number;
}

const PREFIX = "hub-lesson:";

export class Outbox {
  private readonly waiting = new Map<string, Command>();
  private readonly storage: Storage | null;
  private serial = 0;

  /** `lesson` names the lesson and the seat: on a shared computer the next person must not send what the last one left. */
  constructor(
    private readonly lesson: string,
    storage: Storage | null | undefined,
  ) {
    this.storage = storage === undefined ? standing() : storage;
    for (const key of this.keys().sort()) {
      const command = this.read(key);
      if (command) this.waiting.set(command.id, command);
      this.serial = Math.max(this.serial, Number(key.slice(key.lastIndexOf(":") + 1, key.lastIndexOf("."))) + 1 || 0);
    }
  }

  get size(): number {
    return this.waiting.size;
  }

  all(): Command[] {
    return [...this.waiting.values()];
  }

  get(id: string): Command | null {
    return this.waiting.get(id) ?? null;
  }

  add(command: Command): void {
    this.waiting.set(command.id, command);
    try {
      this.storage?.setItem(this.key(command.id), JSON.stringify(command));
      this.serial += 1;
    } catch {
      // Full or refused: the page itself still has it.
    }
  }

  done(id: string): void {
    if (!this.waiting.delete(id)) return;
    const key = this.keys().find((name) => name.endsWith(`.${id}`));
    if (key) this.storage?.removeItem(key);
  }

  /** Numbers of eight digits sort as they were made. */
  private key(id: string): string {
    return `${PREFIX}${this.lesson}:${String(this.serial).padStart(8, "0")}.${id}`;
  }

  private keys(): string[] {
    const start = `${PREFIX}${this.lesson}:`;
    const found: string[] = [];
    for (let index = 0; index < (this.storage?.length ?? 0); index += 1) {
      const key = this.storage!.key(index);
      if (key?.startsWith(start)) found.push(key);
    }
    return found;
  }

  private read(key: string): Command | null {
    try {
      return JSON.parse(this.storage?.getItem(key) ?? "null");
    } catch {
      return null;
    }
  }
}

function standing(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
