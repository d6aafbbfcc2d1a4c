import { n as before } from "./m11.js";
export const n = before + 1;
