package org.signalpost.rewrite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The project's own mails, and the development corpora where they are. */
final class Corpora {
    private static final Path OWN = Path.of("src/test/resources/mail");
    private static final Path OTHERS = Path.of("../../shared/corpora");

    private Corpora() {}

    /** Every mail there is. */
    static List<Path> mails() throws IOException {
        var mails = new ArrayList<>(walk(OWN));
        mails.addAll(files("mime"));
        mails.removeIf(file -> file.toString().endsWith(".txt"));
        return mails;
    }

    /** The files of one corpus; none where it is not. */
    static List<Path> files(String corpus) throws IOException {
        return walk(OTHERS.resolve(corpus));
    }

    private static List<Path> walk(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** With the line ends of SMTP. */
    static byte[] crlf(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
