// graphql-yoga with graphql-armor, as their documentation sets them up, serving rows out of memory: the peer of benchmarks/queries.py.
// usage: node yoga.mjs FOLDER_WITH_NODE_MODULES PORT ROWS.json
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, port, rows] = process.argv.slice(2);
const require = createRequire(folder + "/");
const { createSchema, createYoga } = require("graphql-yoga");
const { EnvelopArmorPlugin } = require("@escape.tech/graphql-armor");
const members = JSON.parse(readFileSync(rows, "utf8"));

const schema = createSchema({
  typeDefs: `
    type Query { members(first: Int): MemberConnection! }
    type MemberConnection { edges: [MemberEdge!]! }
    type MemberEdge { node: Member! }
    type Member { id: ID! username: String! name: String hostUserId: String! }
  `,
  resolvers: { Query: { members: (_, { first }) => ({ edges: members.slice(0, first ?? 20).map((node) => ({ node })) }) } },
});
const yoga = createYoga({ schema, plugins: [EnvelopArmorPlugin()], logging: false, graphiql: false });
createServer(yoga).listen(Number(port), "127.0.0.1");
