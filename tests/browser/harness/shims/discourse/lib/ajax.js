export async function ajax(url, { data = {} } = {}) {
  const answer = await fetch(`${url}?${new URLSearchParams(data)}`, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`ajax ${answer.status}`);
  }
  return answer.json();
}
