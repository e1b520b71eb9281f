// A name that one page at a time can hold.

/**
 * Holds a name for as long as this page lives. Resolves to false if another page of the origin
 * holds it. Where a browser has no locks, as on a page without TLS, nobody can tell: true.
 */
export const hold = (name) =>
  new Promise((done) => {
    const answer = (lock) => {
      done(Boolean(lock));
      return lock && new Promise(() => {}); // Until the page goes.
    };
    const request = navigator.locks?.request(name, { ifAvailable: true }, answer);
    if (request) request.catch(() => done(true));
    else done(true);
  });
