import { n as before } from "./m36.js";
export const n = before + 1;
