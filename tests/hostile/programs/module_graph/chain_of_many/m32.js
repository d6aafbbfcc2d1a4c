import { n as before } from "./m33.js";
export const n = before + 1;
