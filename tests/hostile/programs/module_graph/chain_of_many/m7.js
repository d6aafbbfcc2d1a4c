import { n as before } from "./m8.js";
export const n = before + 1;
