import { n as before } from "./m29.js";
export const n = before + 1;
