import { n as before } from "./m9.js";
export const n = before + 1;
