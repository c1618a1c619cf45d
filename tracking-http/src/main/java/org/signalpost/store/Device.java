package org.signalpost.store;

/** The kinds of device that reports tell apart. */
enum Device {
    /** A desk or a lap. */
    DESKTOP("Desktop"),
    /** A hand. */
    MOBILE("Mobile"),
    /** Two hands. */
    TABLET("Tablet"),
    /** Not known. */
    UNKNOWN("Unknown");

    private final String word;

    Device(String word) {
        this.word = word;
    }

    /** As it stands in reports. */
    String word() {
        return word;
    }

    /** The kind of a device as a hit names it. */
    static Device of(String name) {
        return switch (name) {
            case "Desktop", "Mac", "Windows", "Linux", "Chromebook" -> DESKTOP;
            case "Mobile", "iPhone", "Android" -> MOBILE;
            case "Tablet", "iPad", "Android tablet" -> TABLET;
            default -> UNKNOWN;
        };
    }
}
