import { n as before } from "./m26.js";
export const n = before + 1;
