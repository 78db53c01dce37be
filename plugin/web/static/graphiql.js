"use strict";

// The token lives in this closure only: not in storage, not in the address.
document.getElementById("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = document.getElementById("token").value.trim();
  document.getElementById("ask").remove();
  const place = document.getElementById("graphiql");
  place.hidden = false;
  const fetcher = async (parameters) => {
    const answer = await fetch("/graphql", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(parameters),
    });
    return answer.json();
  };
  const defaultQuery = `{
  viewer {
    member { username }
    suggestions(first: 5) {
      edges {
        node {
          score
          member { username name }
          reasons { text contribution evidence { title url } }
        }
      }
    }
  }
}
`;
  ReactDOM.render(React.createElement(GraphiQL, { fetcher, defaultQuery }), place);
});
