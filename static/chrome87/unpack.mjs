/**
 * Unpacks the Chromium 87 that npm's chrome-aws-lambda carries: `node unpack.mjs FOLDER` prints the
 * path of the program. It is a headless build; run it with --no-sandbox --disable-gpu.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const target = resolve(process.argv[2] ?? "unpacked");
const source = join(import.meta.dirname, "node_modules/chrome-aws-lambda/bin");
const swiftshader = join(target, "swiftshader");
mkdirSync(swiftshader, { recursive: true });

const unpacked = (name) => brotliDecompressSync(readFileSync(join(source, `${name}.br`)));
writeFileSync(join(target, "chromium"), unpacked("chromium"), { mode: 0o755 });
for (const [name, folder] of [["swiftshader.tar", swiftshader], ["aws.tar", target]]) {
  execFileSync("tar", ["-x", "-C", folder], { input: unpacked(name) });
}
console.log(join(target, "chromium"));
