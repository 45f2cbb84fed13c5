package dhara.tools.generate;

/** Writes an event as one line of JSON, as the default parsers read it. */
@FunctionalInterface
public interface LineWriter {

  /** The event in JSON, UTF-8, without a line feed. */
  byte[] line(Record event);
}
