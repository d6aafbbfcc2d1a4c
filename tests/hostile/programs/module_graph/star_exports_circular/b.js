export * from "./a.js";
export * from "./extension.js";
