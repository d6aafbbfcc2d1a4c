import { n as before } from "./m2.js";
export const n = before + 1;
