import { expect, test } from "vitest";
import { problemsOfCss } from "../build/plugins.ts";

test.each([
  "a{color:oklch(50% 0 0)}", "a:has(b){}", "a{color:color-mix(in srgb,red,blue)}", ":is(a,b){}", "a{aspect-ratio:16/9}",
  "@layer x{}", "a{height:100dvh}", "a{&:hover{}}", "@media (width>=640px){a{}}", "a{overflow:clip}",
  "a:not(b,c){}", "a:not(:nth-child(2), .b){}", "a{rotate:45deg}", "a{color:red; translate:0 1px}", "a{scale:1.1}",
])("the build refuses %s, which Chrome 87 cannot read", (css) => {
  expect(problemsOfCss(css)).toHaveLength(1);
});

test("the build takes plain CSS", () => {
  expect(problemsOfCss("@media (min-width:640px){.a{inset:0;gap:4px;display:grid;transform:rotate(9deg)}.b:not(.c):hover,.d:not(:nth-child(2)){color:red}}")).toEqual([]);
});
