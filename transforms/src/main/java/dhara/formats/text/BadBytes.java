package dhara.formats.text;

import dhara.events.DeadLetter.Reason;

/** Errors that all formats share, for bytes that cannot be an event. */
public final class BadBytes {

  private BadBytes() {}

  public static BadEvent notUtf8(byte[] bytes, int offset, int bad) {
    return new BadEvent(
        Reason.NOT_UTF8, String.format("byte %d (0x%02X) is no UTF-8", bad - offset, bytes[bad]));
  }

  public static BadEvent empty(int length) {
    return new BadEvent(Reason.EMPTY, length == 0 ? "has no bytes" : "is nothing but white space");
  }
}
