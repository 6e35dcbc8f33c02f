import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { PlanDoc, rewrite } from "../src/islands/plan-editor/document.ts";
import { between } from "../src/islands/plan-editor/order.ts";

const lucky = (): (() => number) => {
  let seed = 7;
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
};

describe("places between places", () => {
  it("sorts where it was asked to, however often", () => {
    const random = lucky();
    const keys = ["V"];
    for (let turn = 0; turn < 500; turn += 1) {
      const at = Math.floor(random() * (keys.length + 1));
      keys.splice(at, 0, between(keys[at - 1] ?? "", keys[at] ?? null, random));
    }
    expect([...keys].sort()).toEqual(keys);
    expect(keys.every((key) => !key.endsWith("0"))).toBe(true);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThan(80);
  });

  it("gives a place after two that are the same", () => {
    expect(between("V", "V") > "V").toBe(true);
    expect(between("V", "A") > "V").toBe(true);
  });
});

describe("a plan's stages", () => {
  const plan = (): PlanDoc => new PlanDoc(["goals", "board"], ["teacher", "village"]);

  it("move, go and come back, each undone by itself", () => {
    const one = plan();
    const ids = [1, 2, 3].map(() => one.add(null)!);
    const order = (): string[] => one.stages().map(({ id }) => id);
    expect(order()).toEqual(ids);
    expect(one.move(ids[2]!, 0)).toBe(true);
    expect(order()).toEqual([ids[2], ids[0], ids[1]]);
    one.setGone(ids[0]!, true);
    expect(order()).toEqual([ids[2], ids[1]]);
    one.undo();
    one.undo();
    expect(order()).toEqual(ids);
    one.redo();
    expect(order()).toEqual([ids[2], ids[0], ids[1]]);
    expect(one.move(ids[0]!, 5)).toBe(false);
  });

  it("say the same when two moved one at once while a third wrote in it", () => {
    const [one, two, three] = [plan(), plan(), plan()];
    const ids = [1, 2, 3].map(() => one.add(null)!);
    const everywhere = (): void => {
      for (const from of [one, two, three]) for (const to of [one, two, three]) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)));
    };
    everywhere();
    one.move(ids[0]!, 2);
    two.move(ids[0]!, 1);
    rewrite(three.stages()[0]!.row.get("name") as Y.Text, "导入");
    everywhere();
    const said = [one, two, three].map((each) => each.stages().map(({ id, row }) => [id, String(row.get("name"))]));
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
    expect(said[0]!.find(([id]) => id === ids[0])![1]).toBe("导入");
  });

  it("is undone by who did it only", () => {
    const [mine, theirs] = [plan(), plan()];
    rewrite(mine.line("title"), "色彩");
    Y.applyUpdate(theirs.doc, Y.encodeStateAsUpdate(mine.doc));
    rewrite(theirs.line("title"), "色彩的冷与暖");
    Y.applyUpdate(mine.doc, Y.encodeStateAsUpdate(theirs.doc), "server");
    mine.undo();
    expect(mine.line("title").toString()).toBe("的冷与暖");
  });
});
