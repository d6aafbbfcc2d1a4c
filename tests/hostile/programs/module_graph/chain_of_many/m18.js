import { n as before } from "./m19.js";
export const n = before + 1;
