// Compiles an unpacked theme component as Discourse's own server does (content-tag, Babel, Ember's template compiler) and puts it together with the real Ember
// and Glimmer packages. `node build.mjs TOOLS THEME OUT [production]`: TOOLS is where npm installed package.json, THEME the unpacked archive, OUT the file to
// write; `production` leaves Ember's checks for developers out and makes it small, as forums serve it.
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [tools, theme, out] = process.argv.slice(2, 5).map((one) => path.resolve(one));
const production = process.argv[5] === "production";
const here = import.meta.dirname;
const require = createRequire(path.join(tools, "package.json"));
const bring = async (name) => {
  const found = await import(pathToFileURL(require.resolve(name)));
  return found.default && Object.keys(found).length <= 2 ? found.default : found;
};
const { build } = await bring("esbuild");
const babel = await bring("@babel/core");
const { Preprocessor } = await bring("content-tag");
const modules = path.join(tools, "node_modules");
const ember = path.join(modules, "ember-source/dist/packages");
const compilerPath = path.join(modules, "ember-source/dist/ember-template-compiler.js");
const scripts = path.join(theme, "javascripts/discourse");
const processor = new Preprocessor();

const own = {
  "@embroider/macros": "shims/embroider-macros.js",
  "@glimmer/env": "shims/glimmer-env.js",
  "virtual:theme": "shims/theme-globals.js",
};
const first = (places) => places.find((place) => path.extname(place) && existsSync(place));

const plugin = {
  name: "discourse-theme",
  setup({ onResolve, onLoad }) {
    if (production) {
      onLoad({ filter: /shims[\\/](glimmer-env|embroider-macros)\.js$/ }, async ({ path: place }) => ({
        contents: (await readFile(place, "utf8")).replace("DEBUG = true", "DEBUG = false").replace("isDevelopingApp = () => true", "isDevelopingApp = () => false"),
      }));
    }
    onResolve({ filter: /^(@embroider\/macros|@glimmer\/env|virtual:theme)$/ }, ({ path: name }) => ({ path: path.join(here, own[name]) }));
    onResolve({ filter: /^@(ember|glimmer)\// }, ({ path: name }) => {
      if (name === "@glimmer/component") {
        return { path: path.join(modules, "@glimmer/component/dist/index.js") };
      }
      const found = first([`${name}/index.js`, `${name}.js`].map((one) => path.join(ember, one)));
      return found && { path: found, sideEffects: true };
    });
    onResolve({ filter: /^discourse(-i18n$|\/)/ }, ({ path: name }) => {
      const found = first([".js", ".gjs"].map((end) => path.join(here, "shims", name + end)));
      return found ? { path: found } : { errors: [{ text: `the harness has nothing for ${name}` }] };
    });
    onResolve({ filter: /^virtual:modules$/ }, () => ({ path: "modules", namespace: "theme" }));
    onLoad({ filter: /.*/, namespace: "theme" }, () => {
      const files = (folder) => {
        const place = path.join(scripts, folder);
        return existsSync(place) ? readdirSync(place).filter((one) => /\.g?js$/.test(one)) : [];
      };
      const services = files("services").map((one, at) => [`s${at}`, `service:${one.replace(/\.g?js$/, "")}`, `./services/${one}`]);
      const lines = services.map(([name, , from]) => `import ${name} from "${from}";`);
      lines.push(`export const services = { ${services.map(([name, key]) => `"${key}": ${name}`).join(", ")} };`);
      lines.push(...files("api-initializers").map((one) => `import "./api-initializers/${one}";`));
      return { contents: lines.join("\n"), resolveDir: scripts };
    });
    onResolve({ filter: /^\.\.?\// }, ({ path: name, resolveDir }) => {
      const place = path.resolve(resolveDir, name);
      const found = first([place, `${place}.js`, `${place}.gjs`]);
      return found && { path: found };
    });
    onLoad({ filter: /\.gjs$|[\\/]javascripts[\\/].*\.js$/ }, async ({ path: place }) => {
      let code = await readFile(place, "utf8");
      if (place.startsWith(theme)) {
        const used = ["settings", "themePrefix"].filter((name) => new RegExp(`\\b${name}\\b`).test(code));
        code = used.length ? `import { ${used.join(", ")} } from "virtual:theme";${code}` : code;
      }
      if (place.endsWith(".gjs")) {
        code = processor.process(code, { filename: place }).code;
      }
      const done = await babel.transformAsync(code, {
        filename: place,
        configFile: false,
        babelrc: false,
        plugins: [
          [require.resolve("babel-plugin-ember-template-compilation"), { compilerPath, targetFormat: "wire", enableLegacyModules: [] }],
          [require.resolve("decorator-transforms"), { runEarly: true, runtime: { import: require.resolve("decorator-transforms/runtime") } }],
        ],
      });
      return { contents: done.code, loader: "js", resolveDir: path.dirname(place) };
    });
  },
};

await build({
  entryPoints: [path.join(here, "entry.gjs")],
  bundle: true,
  format: "esm",
  outfile: out,
  plugins: [plugin],
  nodePaths: [modules],
  logLevel: "warning",
  minify: production,
});
