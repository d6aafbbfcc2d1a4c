import { n as before } from "./m31.js";
export const n = before + 1;
