// Tells the page around this frame how high it wants to be; only pages of the community are told.
const pages = document.body.dataset.pages.split(" ");
new ResizeObserver(() => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  for (const page of pages) {
    window.parent.postMessage({ mentorgraph: { height } }, page);
  }
}).observe(document.documentElement);
