/** Fields by which a call asks to be taken for one of another method, in the order in which they count: many frameworks carry it out. */
export const methodOverrideFields = ["x-http-method-override", "x-http-method", "x-method-override"] as const;
