import { a } from "./extension.js";
export const b = 1;
export const use = () => a();
