import { n as before } from "./m22.js";
export const n = before + 1;
