// Runs before the first paint, so that a page in the dark theme never flashes white.
let theme = 'auto';
try {
  theme = JSON.parse(localStorage.getItem('dhara') || '{}').theme;
} catch (unreadable) {
  // A browser without storage, or with somebody else's text in it, follows the system's theme.
  console.info('settings are not readable, the defaults hold:', unreadable.message);
}
const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.dataset.theme = dark ? 'dark' : 'light';
