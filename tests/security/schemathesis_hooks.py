"""What Schemathesis is to send for scalars that it does not know."""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

schemathesis.graphql.scalar("JSON", st.just({}).map(lambda _: nodes.Object([])))
