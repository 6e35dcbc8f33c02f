/**
 * The three things our build does beyond Vite: hash the pictures of img/, refuse CSS that Chrome 87
 * cannot read, and write .br and .gz beside each text file so that the gateway compresses nothing.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** CSS newer than Chrome 87, each with the version that brought it. */
const TOO_NEW: readonly [RegExp, string][] = [
  [/\boklch\(|\boklab\(|\blab\(|\blch\(/, "oklch/lab colours (111)"],
  [/\bcolor-mix\(/, "color-mix() (111)"],
  [/:has\(/, ":has() (105)"],
  [/:(is|where)\(/, ":is()/:where() (88)"],
  [/:not\((?:[^(),]|\([^()]*\))*,/, "lists in :not() (88)"],
  [/[;{]\s*(translate|rotate|scale)\s*:/, "translate, rotate and scale by themselves (104)"],
  [/[;{]\s*aspect-ratio\s*:/, "aspect-ratio (88)"],
  [/@layer\b/, "@layer (99)"],
  [/@container\b/, "@container (105)"],
  [/\d(dvh|svh|lvh|dvw)\b/, "dynamic viewport units (108)"],
  [/[{;]\s*&/, "nesting (112)"],
  [/@media[^{]*[<>]=?/, "range media queries (104)"],
  [/\boverflow(-[xy])?\s*:\s*clip/, "overflow: clip (90)"],
];

export function problemsOfCss(css: string): string[] {
  return TOO_NEW.filter(([pattern]) => pattern.test(css)).map(([, name]) => name);
}

/** Every file of `folder` gets a hashed name and a line `img/<name>` in the manifest. */
export function publishImages(folder: string): Plugin {
  return {
    name: "hub-images",
    apply: "build",
    buildStart() {
      for (const name of readdirSync(folder)) {
        this.emitFile({
          type: "asset",
          name,
          originalFileName: `img/${name}`,
          source: readFileSync(join(folder, name)),
        });
      }
    },
  };
}

/** Fail the build on CSS that Chrome 87 drops silently, and on a sheet above `limit` bytes gzipped. */
export function guardStyles(limit: number): Plugin {
  return {
    name: "hub-guard-styles",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type !== "asset" || !name.endsWith(".css")) continue;
        const css = String(chunk.source);
        const problems = problemsOfCss(css);
        if (problems.length > 0) this.error(`${name}: Chrome 87 cannot read ${problems.join(", ")}.`);
        // gzip, not brotli: browsers take brotli over https only, and village rooms may use http.
        const size = gzipSync(css, { level: 9 }).length;
        if (size > limit) this.error(`${name}: ${size} bytes compressed, the budget is ${limit}.`);
      }
    },
  };
}

/** Write `<file>.br` and `<file>.gz` for text files of 500 bytes or more. */
export function precompress(): Plugin {
  return {
    name: "hub-precompress",
    apply: "build",
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|svg|json)$/.test(name)) continue;
        const path = join(options.dir ?? "dist", name);
        const bytes = readFileSync(path);
        if (bytes.length < 500) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: quality }));
      }
    },
  };
}
