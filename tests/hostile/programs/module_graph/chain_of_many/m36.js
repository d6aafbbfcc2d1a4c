import { n as before } from "./m37.js";
export const n = before + 1;
