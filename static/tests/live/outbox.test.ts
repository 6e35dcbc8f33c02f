/** What was done and is not known to be kept survives the page, in its order. */
import { expect, test } from "vitest";
import { Outbox, type Command } from "../../src/live/outbox";

class Shelf implements Storage {
  private readonly kept = new Map<string, string>();
  isFull = false;
  get length(): number {
    return this.kept.size;
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new Error("full");
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
  clear(): void {
    this.kept.clear();
  }
}

const command = (id: string, name = "hand:raise"): Command => ({ name, id, data: { site: 1 }, made_at: 1 });
const ids = (box: Outbox): string[] => box.all().map((one) => one.id);

test("a reloaded page has what was waiting, in its order, and goes on counting after it", () => {
  const shelf = new Shelf();
  const box = new Outbox("les_1", shelf);
  for (const id of ["c", "a", "b"]) box.add(command(id));
  box.done("a");
  const again = new Outbox("les_1", shelf);
  expect(ids(again)).toEqual(["c", "b"]);
  again.add(command("0"));
  expect(ids(new Outbox("les_1", shelf))).toEqual(["c", "b", "0"]);
});

test("lessons do not see each other's commands", () => {
  const shelf = new Shelf();
  new Outbox("les_1", shelf).add(command("a"));
  expect(new Outbox("les_2", shelf).size).toBe(0);
});

test("what is done is gone for good, and doing it twice harms nothing", () => {
  const shelf = new Shelf();
  const box = new Outbox("les_1", shelf);
  box.add(command("a"));
  box.done("a");
  box.done("a");
  expect([box.size, shelf.length, box.get("a")]).toEqual([0, 0, null]);
});

test("where storage is full or refused, the page itself still has it", () => {
  const shelf = new Shelf();
  shelf.isFull = true;
  for (const storage of [shelf, null]) {
    const box = new Outbox("les_1", storage);
    box.add(command("a"));
    expect(ids(box)).toEqual(["a"]);
    box.done("a");
    expect(box.size).toBe(0);
  }
});

test("what cannot be read in storage is passed over", () => {
  const shelf = new Shelf();
  shelf.setItem("hub-lesson:les_1:00000003.x", "{");
  new Outbox("les_1", shelf).add(command("a"));
  expect(ids(new Outbox("les_1", shelf))).toEqual(["a"]);
});
