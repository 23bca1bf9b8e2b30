// Builds ../assets and ../assets.gen.go from src/, the design system and the
// font. Run it by `npm ci && npm run build`; with --check it writes
// nothing and says what differs from what is committed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { join, dirname, basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, gzipSync, gunzipSync, constants } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const uswds = join(here, "node_modules/@uswds/uswds");
const browsers = ["chrome100", "firefox100", "safari15.4"];

// The stand-ins of app.scss and the custom property that takes the place of each.
const tokens = {
  "indigo-cool-5": "--brand-lightest",
  "indigo-cool-10": "--brand-lighter",
  "indigo-cool-30": "--brand-light",
  "indigo-cool-60v": "--brand",
  "indigo-cool-60": "--brand-vivid",
  "indigo-cool-70v": "--brand-dark",
  "indigo-cool-80v": "--brand-darker",
};

// Icons of the design system that the pages use, by file name.
const icons = [
  "account_balance", "check_circle", "credit_card", "error", "event", "help", "info", "language",
  "lock", "mail", "phone", "print", "remove_circle", "schedule", "security", "warning",
];

// English and Spanish, money, and the marks of good typesetting.
const letters =
  Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("") +
  "ÁÉÍÓÚÜÑáéíóúüñ¿¡çÇ«»–—‘’“”…·•©ªº°§×−→←✓\u00a0\u2009\u202f";

/** Asks the design system what colour a token is. */
function colourOf(token) {
  const css = sass.compileString(
    `@use "uswds-core" as * with ($theme-show-notifications: false, $theme-show-compile-warnings: false); x { color: color("${token}"); }`,
    { loadPaths: [join(uswds, "packages")], quietDeps: true },
  ).css;
  return css.match(/color: (#[0-9a-f]{6})/)[1];
}

/** Compiles the style sheet with the town's colours as custom properties. */
function styles() {
  const { css } = sass.compile(join(here, "src/app.scss"), {
    loadPaths: [join(uswds, "packages")],
    quietDeps: true,
  });
  return Object.entries(tokens).reduce((text, [token, property]) => {
    const colour = colourOf(token);
    return text.replaceAll(new RegExp(colour, "gi"), `var(${property})`);
  }, css.replace(/\/\*![\s\S]*?\*\//g, ""));
}

/** Cuts one weight of the font down to our letters. */
function font(weight) {
  const source = readFileSync(join(uswds, `dist/fonts/public-sans/PublicSans-${weight}.ttf`));
  return subsetFont(source, letters, { targetFormat: "woff2", keepFeatures: ["kern", "tnum"], noHinting: true });
}

const hashed = (name, bytes) => {
  const mark = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}.${mark}${extname(name)}`;
};

/** Bundles one entry and gives its bytes. Images it refers to are added to files. */
async function bundle(contents, loader, files, fonts) {
  const result = await esbuild.build({
    stdin: { contents, loader, resolveDir: join(here, "src"), sourcefile: `entry.${loader}` },
    bundle: true,
    minify: true,
    format: loader === "js" ? "iife" : undefined,
    target: browsers,
    legalComments: "none",
    charset: "utf8",
    write: false,
    outdir: "/out",
    plugins: [{
      name: "assets",
      setup(build) {
        build.onResolve({ filter: /\.(woff2|svg|png|webp)$/ }, (args) => {
          const name = basename(args.path);
          const bytes = fonts[name] ?? readFileSync(join(uswds, "dist/img", args.path.split("dist/img/")[1]));
          const address = hashed(name, bytes);
          files[address] = bytes;
          return { path: `./${address}`, external: true };
        });
      },
    }],
  });
  return Buffer.from(result.outputFiles[0].contents);
}

/** Builds every asset: name to bytes. */
async function build() {
  const files = {};
  const fonts = { "public-sans-400.woff2": await font("Regular"), "public-sans-700.woff2": await font("Bold") };
  const named = {};
  const add = (key, name, bytes) => {
    named[key] = hashed(name, bytes);
    files[named[key]] = bytes;
  };
  add("Style", "app.css", await bundle(styles(), "css", files, fonts));
  add("EnhanceScript", "enhance.js", await bundle(readFileSync(join(here, "src/enhance.js"), "utf8"), "js", files, {}));
  add("PayScript", "pay.js", await bundle(readFileSync(join(here, "src/pay.js"), "utf8"), "js", files, {}));
  add("PasskeyScript", "passkey.js", await bundle(readFileSync(join(here, "src/passkey.js"), "utf8"), "js", files, {}));
  add("WaitScript", "wait.js", await bundle(readFileSync(join(here, "src/wait.js"), "utf8"), "js", files, {}));
  add("Emblem", "emblem.svg", readFileSync(join(here, "src/emblem.svg")));
  named.FontRegular = hashed("public-sans-400.woff2", fonts["public-sans-400.woff2"]);
  named.FontBold = hashed("public-sans-700.woff2", fonts["public-sans-700.woff2"]);
  return { files, named };
}

const packable = (name) => /\.(css|js|svg)$/.test(name);
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
const digest = (algorithm, bytes, form) => createHash(algorithm).update(bytes).digest(form);

/** Describes the files for whoever compares what a browser got with what we sent. */
function manifest(files) {
  const rows = Object.keys(files).sort().map((name) => {
    const bytes = files[name];
    return {
      path: `/assets/${name}`,
      sha256: digest("sha256", bytes, "hex"),
      integrity: `sha384-${digest("sha384", bytes, "base64")}`,
      size: bytes.length,
      compressed: packable(name) ? brotli(bytes).length : bytes.length,
    };
  });
  return JSON.stringify({ files: rows }, null, 2) + "\n";
}

/** The same as Go constants, so that no page can name an asset that is not there. */
function goSource(files, named) {
  const rows = Object.entries(named).flatMap(([key, name]) => [
    [key, `/assets/${name}`],
    [`${key}Integrity`, `sha384-${digest("sha384", files[name], "base64")}`],
  ]);
  const widest = Math.max(...rows.map(([key]) => key.length));
  const lines = rows.map(([key, value]) => `\t${key.padEnd(widest)} = "${value}"`);
  return `// Code generated by build/build.js; DO NOT EDIT.\n\npackage ui\n\n// Addresses of the assets, and what a browser checks them by.\nconst (\n${lines.join("\n")}\n)\n`;
}

/** Reads the drawing inside an icon file. */
function iconPaths() {
  const drawings = Object.fromEntries(icons.map((name) => {
    const svg = readFileSync(join(uswds, `dist/img/usa-icons/${name}.svg`), "utf8");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return [name, inner.replace(/<path d="M0 0h24v24H0z" fill="none"\/>|<path fill="none" d="M0 0h24v24H0z"\/>/g, "")];
  }));
  return JSON.stringify(drawings, null, 2) + "\n";
}

function write(folder, outputs) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (!/^(LICENSES\.md)$/.test(name)) rmSync(join(folder, name));
  }
  for (const [name, bytes] of Object.entries(outputs)) writeFileSync(join(folder, name), bytes);
}

/** Everything that stands in ../assets. */
function outputsOf(files) {
  const outputs = { ...files, "manifest.json": manifest(files), "icons.json": iconPaths() };
  for (const [name, bytes] of Object.entries(files)) {
    if (packable(name)) {
      outputs[`${name}.br`] = brotli(bytes);
      outputs[`${name}.gz`] = gzipSync(bytes, { level: 9 });
    }
  }
  return outputs;
}

/** Compressed bytes may differ between releases of node; what they hold may not. */
function unpacked(name, bytes) {
  if (name.endsWith(".br")) return brotliDecompressSync(bytes);
  if (name.endsWith(".gz")) return gunzipSync(bytes);
  if (name === "manifest.json") return Buffer.from(bytes.toString().replaceAll(/"compressed": \d+/g, ""));
  return Buffer.from(bytes);
}

function differences(folder, outputs) {
  const there = readdirSync(folder).filter((name) => name !== "LICENSES.md");
  const gone = there.filter((name) => !(name in outputs)).map((name) => `${name}: no source makes it`);
  const other = Object.entries(outputs).flatMap(([name, bytes]) => {
    const path = join(folder, name);
    if (!existsSync(path)) return [`${name}: missing`];
    return unpacked(name, readFileSync(path)).equals(unpacked(name, Buffer.from(bytes))) ? [] : [`${name}: differs`];
  });
  return [...gone, ...other];
}

const { files, named } = await build();
const outputs = outputsOf(files);
const assets = join(here, "../assets");
const generated = join(here, "../assets.gen.go");
const source = goSource(files, named);

if (process.argv.includes("--check")) {
  const stale = differences(assets, outputs);
  if (readFileSync(generated, "utf8") !== source) stale.push("assets.gen.go: differs");
  if (stale.length > 0) {
    console.error("The committed assets are not what the sources make. Run `npm ci && npm run build` here.\n" + stale.join("\n"));
    process.exit(1);
  }
} else {
  write(assets, outputs);
  writeFileSync(generated, source);
  for (const row of JSON.parse(manifest(files)).files) console.log(String(row.size).padStart(7), String(row.compressed).padStart(6), row.path);
}
