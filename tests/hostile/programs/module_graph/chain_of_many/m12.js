import { n as before } from "./m13.js";
export const n = before + 1;
