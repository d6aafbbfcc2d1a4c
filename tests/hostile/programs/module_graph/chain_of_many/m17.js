import { n as before } from "./m18.js";
export const n = before + 1;
