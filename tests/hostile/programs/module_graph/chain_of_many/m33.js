import { n as before } from "./m34.js";
export const n = before + 1;
