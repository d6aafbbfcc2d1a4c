import { n as before } from "./m27.js";
export const n = before + 1;
