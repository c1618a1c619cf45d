package org.signalpost.relay.dkim;

import java.nio.charset.StandardCharsets;

/** A header field that is written piece by piece and folded at 76 columns. One thread. */
final class FoldedField {
    private static final int WIDTH = 76;
    private final StringBuilder text;
    private int column;

    FoldedField(String name) {
        this.text = new StringBuilder(name).append(':');
        this.column = text.length();
    }

    /** Behind a blank, or on the next line. */
    FoldedField word(String word) {
        return append(" ", word);
    }

    /** Directly behind what stands there, or on the next line. */
    FoldedField piece(String piece) {
        return append("", piece);
    }

    private FoldedField append(String between, String piece) {
        if (column + between.length() + piece.length() > WIDTH) {
            text.append("\r\n ").append(piece);
            column = 1 + piece.length();
        } else {
            text.append(between).append(piece);
            column += between.length() + piece.length();
        }
        return this;
    }

    /** Cut wherever a line is full. */
    FoldedField cut(String piece) {
        int at = 0;
        while (at < piece.length()) {
            int room = WIDTH - column > 0 ? WIDTH - column : WIDTH - 1;
            int end = Math.min(piece.length(), at + room);
            piece(piece.substring(at, end));
            at = end;
        }
        return this;
    }

    /** As it stands, without a last line end. */
    byte[] octets() {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** With its last line end. */
    String ended() {
        return text + "\r\n";
    }
}
