import { n as before } from "./m30.js";
export const n = before + 1;
