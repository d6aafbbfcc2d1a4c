import { n as before } from "./m16.js";
export const n = before + 1;
