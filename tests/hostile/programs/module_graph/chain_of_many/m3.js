import { n as before } from "./m4.js";
export const n = before + 1;
