import { n as before } from "./m32.js";
export const n = before + 1;
