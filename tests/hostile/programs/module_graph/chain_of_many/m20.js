import { n as before } from "./m21.js";
export const n = before + 1;
