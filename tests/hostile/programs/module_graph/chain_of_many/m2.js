import { n as before } from "./m3.js";
export const n = before + 1;
