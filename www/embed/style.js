// style.css as a constructed sheet: a host's policy of `style-src 'self'` admits it, where it would
// refuse an inline style.

export const sheet = new CSSStyleSheet();

sheet.replaceSync(__STYLE__); // The build puts the minified file here.
