import { n as before } from "./m17.js";
export const n = before + 1;
