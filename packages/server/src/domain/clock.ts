/** Epoch milliseconds now. Given to whoever needs the time, so that tests can turn it. */
export type Clock = () => number;
