import { n as before } from "./m5.js";
export const n = before + 1;
