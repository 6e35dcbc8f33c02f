/**
 * How `npm run build` turns src/ into dist/: one entry per file of src/entries and one per island.
 *
 * Chrome 87 is the oldest browser served, so the build itself fails on CSS that it cannot read and
 * on a stylesheet that outgrew its budget; nothing here may reach another host at run time.
 */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { guardStyles, precompress, publishImages } from "./build/plugins.ts";

const root = import.meta.dirname;

function entries(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(resolve(root, "src/entries"))) {
    found[name.replace(/\.ts$/, "")] = resolve(root, "src/entries", name);
  }
  for (const noun of readdirSync(resolve(root, "src/islands"))) {
    for (const file of ["index.tsx", "index.ts"]) {
      const path = resolve(root, "src/islands", noun, file);
      if (existsSync(path)) found[noun] = path;
    }
  }
  return found;
}

export default defineConfig({
  root,
  base: "/static/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  css: {
    preprocessorOptions: {
      // Bootstrap 5.3 still uses @import; Sass keeps it until its version 3.
      scss: { silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"], quietDeps: true },
    },
  },
  build: {
    target: "chrome87",
    cssTarget: "chrome87",
    outDir: "dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // The content security policy forbids data: scripts, and small files are better cached by name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: entries() },
  },
  worker: { format: "iife" },
  plugins: [publishImages(resolve(root, "img")), guardStyles(22_000), precompress()],
  server: { port: 5173, strictPort: true, origin: "http://127.0.0.1:5173", cors: true },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
