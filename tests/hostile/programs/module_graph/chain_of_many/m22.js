import { n as before } from "./m23.js";
export const n = before + 1;
