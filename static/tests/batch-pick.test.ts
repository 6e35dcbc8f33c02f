import { describe, expect, it } from "vitest";
import { pick } from "../src/islands/batch/pick";

const file = (filename: string, id: string | null = `upl_${filename}`): { id: string | null; filename: string } => ({ id, filename });

describe("what is handed in", () => {
  it("takes the zip and its table, in whatever order and case they came", () => {
    expect(pick([file("表.XLSX"), file("课.ZIP")])).toEqual({ upload_id: "upl_课.ZIP", table_upload_id: "upl_表.XLSX" });
    expect(pick([file("课.imscc")])).toEqual({ upload_id: "upl_课.imscc" });
  });

  it("says what is missing or too much", () => {
    expect(pick([])).toBe("need_zip");
    expect(pick([file("表.csv")])).toBe("need_zip");
    expect(pick([file("课.zip", null)])).toBe("need_zip");
    expect(pick([file("一.zip"), file("二.zip")])).toBe("one_zip");
    expect(pick([file("课.zip"), file("一.csv"), file("二.xlsx")])).toBe("one_table");
    expect(pick([file("课.zip"), file("教案.docx")])).toBe("strange");
  });
});
