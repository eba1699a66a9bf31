// Send the edition with nodemailer's pool: node pool.mjs NODEMAILER PORT COUNT FOLDER CONNECTIONS
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [library, port, count, folder, connections] = process.argv.slice(2);
const { createTransport } = createRequire(import.meta.url)(library);
const html = readFileSync(`${folder}/edition.html`, "utf8");
const text = readFileSync(`${folder}/edition.txt`, "utf8");
const pool = createTransport({
  host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
  pool: true, maxConnections: Number(connections), maxMessages: Infinity,
});
let next = 0, sent = 0;
const send = async () => {
  while (next < Number(count)) {
    const to = `reader${next++}@example.org`;
    await pool.sendMail({
      from: "The Daily Brief <brief@news.example.org>", to: `Sam Reader <${to}>`,
      subject: "The Daily Brief",
      text: text.replaceAll("reader@example.org", to), html: html.replaceAll("reader@example.org", to),
      list: { unsubscribe: `https://news.example.org/unsubscribe/${to}` },
    });
    sent++;
  }
};
const begun = performance.now();
// More in hand than connections, so that none of them waits for this loop.
await Promise.all(Array.from({ length: 4 * Number(connections) }, send));
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, sent }));
pool.close();
