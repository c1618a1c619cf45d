package org.signalpost.james;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The engine out of the relay's own jars, in a class loader of its own: on the class path of this process it would be
 * taken for that of the mailet.
 */
final class RelayEngine implements AutoCloseable {
    private final URLClassLoader jars;
    private final Object rewriter;

    RelayEngine() throws Exception {
        Path lib = Shipped.CHECKOUT.resolve("smtp-relay").resolve("target").resolve("lib");
        jars = new URLClassLoader(
                new URL[] {jar(lib, "signalpost-core-"), jar(lib, "jsoup-")}, ClassLoader.getPlatformClassLoader());
        Class<?> urls = jars.loadClass("org.signalpost.track.TrackingUrls");
        Class<?> keys = jars.loadClass("org.signalpost.track.SigningKeys");
        Class<?> settings = jars.loadClass("org.signalpost.rewrite.RewriteSettings");
        rewriter = jars.loadClass("org.signalpost.rewrite.MessageRewriter")
                .getConstructor(urls, keys, settings)
                .newInstance(
                        urls.getConstructor(String.class).newInstance("https://t.example"),
                        keys.getMethod("of", int.class, byte[].class, byte[].class)
                                .invoke(null, 1, new byte[32], new byte[32]),
                        settings.getMethod("defaults", boolean.class, boolean.class)
                                .invoke(null, true, true));
    }

    private static URL jar(Path lib, String name) throws IOException {
        try (var files = Files.list(lib)) {
            List<Path> found = files.filter(
                            file -> String.valueOf(file.getFileName()).startsWith(name))
                    .toList();
            return found.getFirst().toUri().toURL();
        }
    }

    /** What becomes of a mail from {@code shop@example.org}, one character for each octet. */
    String copyFor(String recipient, byte[] octets) throws Exception {
        Class<?> raw = jars.loadClass("org.signalpost.rewrite.RawMessage");
        Class<?> facts = jars.loadClass("org.signalpost.rewrite.EnvelopeFacts");
        String name =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        Object plan = rewriter.getClass()
                .getMethod("plan", raw, facts)
                .invoke(
                        rewriter,
                        raw.getMethod("of", byte[].class).invoke(null, octets),
                        facts.getConstructor(String.class, String.class).newInstance(name, "shop@example.org"));
        Object copy = plan.getClass().getMethod("copyFor", String.class).invoke(plan, recipient);
        Object message = jars.loadClass("org.signalpost.rewrite.Rewritten")
                .getMethod("message")
                .invoke(copy);
        return new String((byte[]) raw.getMethod("octets").invoke(message), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        jars.close();
    }
}
