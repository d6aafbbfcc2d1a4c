import { n as before } from "./m20.js";
export const n = before + 1;
