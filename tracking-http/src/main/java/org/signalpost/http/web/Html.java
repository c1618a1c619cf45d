package org.signalpost.http.web;

/** Text as it may stand in HTML. */
final class Html {
    private static final String STYLE = """
            :root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1c2430;--soft:#5c6675;--line:#e2e0d9;\
            --mark:#0f6b5c;--warn:#9a4a00}
            @media(prefers-color-scheme:dark){:root{--paper:#12161c;--card:#1a2029;--ink:#e8eaed;--soft:#9aa5b4;\
            --line:#2c3542;--mark:#5ed3bd;--warn:#f0a860}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
            header{border-bottom:1px solid var(--line);background:var(--card)}
            header div,main{max-width:72rem;margin:0 auto;padding:.8rem 1rem}
            header div{display:flex;gap:1.2rem;align-items:baseline;flex-wrap:wrap}
            header b{color:var(--mark);letter-spacing:.02em}
            a{color:var(--mark)}nav a{margin-right:1rem;text-decoration:none}nav a[aria-current]{text-decoration:underline}
            h1{font-size:1.4rem;margin:1rem 0 .6rem}h2{font-size:1.05rem;margin:1.6rem 0 .5rem}
            .soft{color:var(--soft)}.warn{color:var(--warn)}.good{color:var(--mark)}
            .rows{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:8px;\
            display:grid;grid-template-columns:minmax(0,2.2fr) minmax(0,2fr) max-content max-content}
            .rows li{grid-column:1/-1;display:grid;grid-template-columns:subgrid;gap:.2rem 1rem;padding:.6rem .9rem;\
            border-top:1px solid var(--line)}.rows li:first-child{border-top:0}
            .rows span,.rows a{overflow-wrap:anywhere}
            .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem}
            dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:0}
            dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
            table{width:100%;border-collapse:collapse;font-size:.92rem}
            td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-top:1px solid var(--line);\
            overflow-wrap:anywhere}th{border-top:0;color:var(--soft);font-weight:normal}
            iframe{width:100%;height:28rem;border:1px solid var(--line);border-radius:8px;background:#fff}
            pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem;\
            font-size:.85rem}
            input,button{font:inherit;padding:.5rem .7rem;border:1px solid var(--line);border-radius:6px;\
            background:var(--card);color:inherit;max-width:100%}
            button{background:var(--mark);color:var(--paper);border-color:var(--mark);cursor:pointer}
            form p{display:flex;gap:.6rem;flex-wrap:wrap}input{flex:1 1 18rem}
            @media(max-width:40rem){.rows{display:block}.rows li{grid-template-columns:minmax(0,1fr) auto}\
            .rows li>:nth-child(2){grid-column:1/-1;grid-row:2}.rows li>:nth-child(3){grid-row:3}}
            """;

    private Html() {}

    /** Escapes what would be markup, in text and in quoted attributes. */
    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A whole page. */
    static String page(String title, String current, String body) {
        String nav = current.isEmpty()
                ? ""
                : "<nav>" + entry("/", "Tracks", current) + entry("/outbox", "Outbox", current) + "</nav>";
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\"><title>"
                + text(title)
                + " · Signalpost</title><style>"
                + STYLE
                + "</style></head><body><header><div><b>Signalpost</b>"
                + nav
                + "</div></header><main>"
                + body
                + "</main></body></html>\n";
    }

    private static String entry(String path, String name, String current) {
        return "<a href=\"" + path + "\"" + (name.equals(current) ? " aria-current=\"page\"" : "") + ">" + name
                + "</a>";
    }
}
