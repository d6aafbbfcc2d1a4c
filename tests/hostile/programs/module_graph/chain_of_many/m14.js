import { n as before } from "./m15.js";
export const n = before + 1;
