import { n as before } from "./m6.js";
export const n = before + 1;
