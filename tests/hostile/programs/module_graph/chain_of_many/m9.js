import { n as before } from "./m10.js";
export const n = before + 1;
