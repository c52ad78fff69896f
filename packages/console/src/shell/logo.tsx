import { scaledLength } from "../theme/text-size.ts";

const size = scaledLength(22);

/** Two lines that meet: what Parley is about. */
export function Logo() {
  return (
    <>
      <svg style={{ width: size, height: size }} viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8" fill="#2757d6" />
        <path d="M7 10c6 0 6 6 12 6h6" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        <path d="M7 22c6 0 6-6 12-6" fill="none" stroke="#9dbaff" strokeWidth="3" strokeLinecap="round" />
      </svg>
      <span>Parley</span>
    </>
  );
}
