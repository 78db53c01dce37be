// For Circle: Settings, Code snippets, JavaScript. Replace SERVICE and INSTALLATION by what /embed/INSTALLATION of the service shows.
// It puts a link to Mentorship below the page's navigation. It does not look at window.circleUser, which any script here could write:
// who somebody is they show on the service's own page, by a code to their address.
(() => {
  const service = "SERVICE";
  const installation = "INSTALLATION";
  const id = "mentorgraph-link";
  const place = () => {
    if (document.getElementById(id) || !document.body) return;
    const link = document.createElement("a");
    link.id = id;
    link.href = `${service}/auth/${installation}/start?next=/my`;
    link.rel = "noopener";
    link.target = "_blank";
    link.textContent = "Mentorship";
    link.style.cssText = "position:fixed;right:1rem;bottom:1rem;z-index:50;padding:.6rem 1rem;border-radius:.5rem;background:#0b6e63;color:#fff;font:600 1rem system-ui;text-decoration:none";
    document.body.append(link);
  };
  place();
  // Circle changes its pages without loading them anew.
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: true });
})();
