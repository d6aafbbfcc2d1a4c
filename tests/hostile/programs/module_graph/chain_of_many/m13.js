import { n as before } from "./m14.js";
export const n = before + 1;
