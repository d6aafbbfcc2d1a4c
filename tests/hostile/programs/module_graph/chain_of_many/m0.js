import { n as before } from "./m1.js";
export const n = before + 1;
