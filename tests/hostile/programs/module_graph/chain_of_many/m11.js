import { n as before } from "./m12.js";
export const n = before + 1;
