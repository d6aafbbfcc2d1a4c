import { n as before } from "./m24.js";
export const n = before + 1;
