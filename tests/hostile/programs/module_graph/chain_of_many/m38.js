import { n as before } from "./m39.js";
export const n = before + 1;
