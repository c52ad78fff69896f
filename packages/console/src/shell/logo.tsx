/** Two lines that meet: what Parley is about. */
export function Logo() {
  return (
    <>
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8" fill="#2757d6" />
        <path d="M7 12h12a4 4 0 0 1 0 8h-5" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
        <path d="M25 20h-6" fill="none" stroke="#b9cdff" strokeWidth="3" strokeLinecap="round" />
      </svg>
      <span>Parley</span>
    </>
  );
}
