import { n as before } from "./m25.js";
export const n = before + 1;
