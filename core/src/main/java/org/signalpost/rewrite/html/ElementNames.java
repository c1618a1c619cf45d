package org.signalpost.rewrite.html;

/** The names of elements that are told apart: up to eight letters, in lower case, packed into one number. */
final class ElementNames {
    static final long A = pack("a");
    static final long AREA = pack("area");
    static final long BODY = pack("body");
    static final long HTML = pack("html");
    static final long IMG = pack("img");
    static final long STYLE = pack("style");
    static final long TITLE = pack("title");
    static final long TEXTAREA = pack("textarea");
    static final long SCRIPT = pack("script");
    private static final long[] TREE = {
        pack("svg"),
        pack("math"),
        pack("select"),
        pack("template"),
        pack("noscript"),
        pack("frameset"),
        pack("frame"),
        pack("noframes"),
        pack("iframe"),
        pack("noembed"),
        pack("xmp")
    };
    private static final byte[] PLAINTEXT = Markers.ascii("plaintext");

    private static long pack(String name) {
        long packed = 0;
        for (int i = 0; i < name.length(); i++) {
            packed = (packed << 8) | name.charAt(i);
        }
        return packed;
    }

    /** The name in these octets; -1 when it is longer. */
    static long pack(byte[] b, int from, int to) {
        if (to - from > 8) {
            return -1;
        }
        long packed = 0;
        for (int i = from; i < to; i++) {
            packed = (packed << 8) | ((b[i] & 0xff) | 0x20);
        }
        return packed;
    }

    /** In these, what is a tag and what is an element depends on the tree. */
    static boolean needsTree(long name, byte[] b, int from, int to) {
        if (name == -1) {
            return to - from == PLAINTEXT.length && Markers.sameLower(b, from, PLAINTEXT);
        }
        for (long other : TREE) {
            if (name == other) {
                return true;
            }
        }
        return false;
    }

    private ElementNames() {}
}
