import { n as before } from "./m7.js";
export const n = before + 1;
