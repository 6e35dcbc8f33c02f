/** Which of the files that were sent is the zip and which its table. */

export interface Sent {
  id: string | null;
  filename: string;
}

export interface Picked {
  upload_id: string;
  table_upload_id?: string;
}

const PACKED = /\.(zip|imscc)$/i;
const TABLE = /\.(xlsx|csv)$/i;

/** Return what is to be handed in, or the key of the words that say what is wrong. */
export function pick(files: readonly Sent[]): Picked | "need_zip" | "one_zip" | "one_table" | "strange" {
  const zips = files.filter((file) => PACKED.test(file.filename));
  const tables = files.filter((file) => TABLE.test(file.filename));
  if (zips.length + tables.length < files.length) return "strange";
  if (zips.length === 0) return "need_zip";
  if (zips.length > 1) return "one_zip";
  if (tables.length > 1) return "one_table";
  const [zip, table] = [zips[0]?.id, tables[0]?.id];
  if (!zip) return "need_zip";
  return table ? { upload_id: zip, table_upload_id: table } : { upload_id: zip };
}
