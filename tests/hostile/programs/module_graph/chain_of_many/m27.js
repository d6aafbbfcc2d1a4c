import { n as before } from "./m28.js";
export const n = before + 1;
