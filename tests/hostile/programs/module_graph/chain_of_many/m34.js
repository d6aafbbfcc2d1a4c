import { n as before } from "./m35.js";
export const n = before + 1;
