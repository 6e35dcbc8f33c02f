/** Files from a drop, folders opened to any depth; what operating systems hide is left out. */

const HIDDEN = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;

/** The files of a drop. Must be called inside the event: the list is empty afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) loose.push(file);
  }
  return Promise.all(entries.map(filesOf)).then((found) => visible([...loose, ...found.flat()]));
}

export function visible(files: readonly File[]): File[] {
  return files.filter((file) => !HIDDEN.test(file.name));
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return new Promise((resolve) => (entry as FileSystemFileEntry).file((file) => resolve([file]), () => resolve([])));
  }
  if (HIDDEN.test(entry.name)) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    // A reader gives at most a hundred entries a time.
    const batch = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (batch.length === 0) return found;
    const files = await Promise.all(batch.map(filesOf));
    found.push(...files.flat());
  }
}
