import { n as before } from "./m38.js";
export const n = before + 1;
